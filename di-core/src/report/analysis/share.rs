//! Interface coverage and coupling.

use std::fmt;

use crate::report::model::{Form, Kind, Model, Node, NodeId};

/// How many of how many.
///
/// ```
/// use di_core::report::Share;
///
/// let share = Share { part: 4, whole: 33 };
/// assert_eq!(share.percent(), 12);
/// assert_eq!(share.to_string(), "4 of 33 (12.1 %)");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Share {
    /// How many there are that count.
    pub part: usize,
    /// How many there are.
    pub whole: usize,
}

impl Share {
    /// In per cent, rounded down, as the limits of `#[container]` compare it; of nothing, none.
    pub fn percent(self) -> usize {
        (self.part * 100).checked_div(self.whole).unwrap_or(0)
    }
}

impl fmt::Display for Share {
    /// As `4 of 33 (12.1 %)`; the decimal is rounded down, so that no figure looks better than it is.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let per_mille = (self.part * 1000).checked_div(self.whole).unwrap_or(0);
        write!(f, "{} of {} ({}.{} %)", self.part, self.whole, per_mille / 10, per_mille % 10)
    }
}

/// Services that answer at least one interface, over all services; those of modules included, those of scopes not.
pub(crate) fn coverage(model: &Model) -> Share {
    let services: Vec<_> = counted(model).collect();
    Share { part: services.iter().filter(|(_, node)| node.answers_an_interface()).count(), whole: services.len() }
}

/// Dependencies that name a concrete type, over all dependencies on services.
pub(crate) fn coupling(model: &Model) -> Share {
    let mut share = Share::default();
    for (_, node) in counted(model) {
        for edge in 0..node.edges.len() {
            if let Some(concrete) = couples(model, node, edge) {
                share.part += usize::from(concrete);
                share.whole += 1;
            }
        }
    }
    share
}

/// The services without an interface.
pub(crate) fn uncovered(model: &Model) -> Vec<NodeId> {
    counted(model).filter(|(_, node)| !node.answers_an_interface()).map(|(index, _)| index).collect()
}

/// The dependencies that name a concrete type: consumer and member.
pub(crate) fn concrete_edges(model: &Model) -> Vec<(NodeId, usize)> {
    counted(model)
        .flat_map(|(index, node)| {
            let edges = 0..node.edges.len();
            edges.filter(|edge| couples(model, node, *edge) == Some(true)).map(move |edge| (index, edge))
        })
        .collect()
}

/// The services of the container and of its modules.
fn counted(model: &Model) -> impl Iterator<Item = (NodeId, &Node)> {
    model.nodes.iter().enumerate().filter(|(index, node)| {
        let in_scope = model.around(*index).any(|container| {
            let holder = model.containers[container].holder;
            holder.is_some_and(|holder| model.nodes[holder].kind == Kind::Scope)
        });
        node.is_service() && !in_scope
    })
}

/// Whether a dependency counts as one on a concrete type. Those on values do not, and neither does what a group holds.
pub(crate) fn is_coupled(model: &Model, node: NodeId, edge: usize) -> bool {
    let node = &model.nodes[node];
    node.kind != Kind::Group && couples(model, node, edge) == Some(true)
}

/// Whether a dependency names a concrete type; nothing for one that is not on a service: a value, or what a factory makes.
fn couples(model: &Model, node: &Node, edge: usize) -> Option<bool> {
    let edge = &node.edges[edge];
    if edge.form == Form::Factory {
        return None;
    }
    match model.nodes[edge.target?].kind {
        Kind::Input | Kind::Inherited if edge.concrete => None,
        _ => Some(edge.concrete),
    }
}
