//! The plan: what there is to start and stop, in which order; the graph as the lifecycle sees it.

use std::collections::HashSet;
use std::fmt;

use super::constructions::Constructions;
use super::plan_node::PlanNode;

/// A graph of services in a fixed order.
///
/// The order is that of the nodes as given, but what a node needs before it; it depends on nothing else, so that the
/// same graph is always started in the same order.
///
/// ```
/// use di_core::lifecycle::{Plan, PlanNode};
///
/// let plan = Plan::new([PlanNode::new("Market").after([1]), PlanNode::new("Venue")])?;
/// assert_eq!(plan.order().collect::<Vec<_>>(), ["Venue", "Market"]);
/// println!("{plan}");
/// # Ok::<(), di_core::lifecycle::PlanError>(())
/// ```
#[derive(Debug)]
pub struct Plan {
    /// In start order: what a node needs has a smaller index.
    nodes: Vec<PlanNode>,
    needed_by: Vec<Vec<usize>>,
    /// The container of which it is the plan.
    container: Option<&'static str>,
}

/// A list of nodes that is no plan.
///
/// ```
/// use di_core::lifecycle::{Plan, PlanError, PlanNode};
///
/// let error = Plan::new([PlanNode::new("Market").after([7])]).err();
/// assert_eq!(error, Some(PlanError::NoSuchNode { node: "Market", needs: 7 }));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum PlanError {
    /// A node needs an index at which there is none.
    NoSuchNode {
        /// Who needs it.
        node: &'static str,
        /// The index.
        needs: usize,
    },
    /// Nodes need each other: each the next, and the last the first.
    Cycle(Vec<&'static str>),
    /// Two nodes have this name: whoever asks for one by its name could get the other.
    SameName(&'static str),
}

impl Plan {
    /// Puts the nodes in their order.
    ///
    /// # Errors
    ///
    /// Two nodes of one name, an index at which there is no node, or nodes that need each other.
    pub fn new(nodes: impl IntoIterator<Item = PlanNode>) -> Result<Self, PlanError> {
        let mut nodes: Vec<PlanNode> = nodes.into_iter().collect();
        let mut names = HashSet::new();
        if let Some(node) = nodes.iter().find(|node| !names.insert(node.name)) {
            return Err(PlanError::SameName(node.name));
        }
        // So that the order does not depend on the order in which needs are listed.
        for node in &mut nodes {
            node.needs.sort_unstable();
            node.needs.dedup();
        }
        let order = order(&nodes)?;
        let mut position = vec![0; nodes.len()];
        for (place, &node) in order.iter().enumerate() {
            position[node] = place;
        }
        for need in nodes.iter_mut().flat_map(|node| &mut node.needs) {
            *need = position[*need];
        }
        let mut placed: Vec<_> = position.into_iter().zip(nodes).collect();
        placed.sort_unstable_by_key(|(place, _)| *place);
        Ok(Self::in_order(None, placed.into_iter().map(|(_, node)| node).collect()))
    }

    /// Tells each node how long its constructor took, where that was noted.
    pub(super) fn note_constructions(&mut self, times: &Constructions) {
        for node in &mut self.nodes {
            let took = node.field.as_deref().and_then(|field| times.of(field));
            node.construction = took.or(node.construction);
        }
    }

    /// The plan of nodes that have names of their own, and of which each comes after all that it needs.
    pub(super) fn in_order(container: Option<&'static str>, mut nodes: Vec<PlanNode>) -> Self {
        let mut needed_by = vec![Vec::new(); nodes.len()];
        for (place, node) in nodes.iter_mut().enumerate() {
            node.needs.sort_unstable();
            node.needs.dedup();
            for &need in &node.needs {
                needed_by[need].push(place);
            }
        }
        Self { nodes, needed_by, container }
    }

    /// The names in start order; the order of stopping is the reverse.
    pub fn order(&self) -> impl DoubleEndedIterator<Item = &'static str> + ExactSizeIterator {
        self.nodes.iter().map(|node| node.name)
    }

    /// The name of the container of which it is the plan; none if its nodes were listed by hand.
    pub fn container(&self) -> Option<&'static str> {
        self.container
    }

    pub(super) fn nodes(&self) -> &[PlanNode] {
        &self.nodes
    }

    /// What must have stopped before this node may.
    pub(super) fn needed_by(&self, node: usize) -> &[usize] {
        &self.needed_by[node]
    }
}

/// Where the search for an order has come to with a node.
#[derive(Clone, Copy, PartialEq)]
enum Seen {
    No,
    Open,
    Placed,
}

/// The nodes as listed, but what a node needs before it. It does not recurse: a chain may be longer than a stack.
fn order(nodes: &[PlanNode]) -> Result<Vec<usize>, PlanError> {
    let mut seen = vec![Seen::No; nodes.len()];
    let mut order = Vec::with_capacity(nodes.len());
    for root in 0..nodes.len() {
        let mut path = vec![(root, 0)];
        while let Some((node, next)) = path.pop() {
            if seen[node] == Seen::Placed {
                continue;
            }
            seen[node] = Seen::Open;
            let Some(&need) = nodes[node].needs.get(next) else {
                seen[node] = Seen::Placed;
                order.push(node);
                continue;
            };
            path.push((node, next + 1));
            match seen.get(need) {
                None => return Err(PlanError::NoSuchNode { node: nodes[node].name, needs: need }),
                Some(Seen::Open) => {
                    let cycle = path.iter().map(|(node, _)| *node).skip_while(|node| *node != need);
                    return Err(PlanError::Cycle(cycle.map(|node| nodes[node].name).collect()));
                }
                Some(Seen::No) => path.push((need, 0)),
                Some(Seen::Placed) => {}
            }
        }
    }
    Ok(order)
}

impl fmt::Display for Plan {
    /// A line per node in start order: its place, its name, what it waits for.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hooked = self.nodes.iter().filter(|node| node.hooks.is_some()).count();
        writeln!(f, "start order ({hooked} of {} with hooks; stopped in reverse)", self.nodes.len())?;
        for (place, node) in self.nodes.iter().enumerate() {
            write!(f, "{:>4}. {}", place + 1, node.name)?;
            if node.hooks.is_none() {
                f.write_str("  [no hooks]")?;
            }
            if !node.needs.is_empty() {
                let needs: Vec<_> = node.needs.iter().map(|&need| self.nodes[need].name).collect();
                write!(f, "  after {}", needs.join(", "))?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

impl fmt::Display for PlanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSuchNode { node, needs } => write!(f, "`{node}` needs node {needs}, and there is none"),
            Self::SameName(name) => write!(f, "two nodes are called `{name}`"),
            Self::Cycle(nodes) => {
                write!(f, "these need each other: {}", nodes.join(" -> "))?;
                nodes.first().map_or(Ok(()), |first| write!(f, " -> {first}"))
            }
        }
    }
}

impl std::error::Error for PlanError {}
