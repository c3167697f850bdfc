//! The build order: a depth-first search over what each node needs.

use super::{Node, Target};

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    /// What it needs is being placed.
    Open,
    Placed,
}

/// The indices of the nodes: each as declared, but what it needs before it, in the order of its members.
///
/// A node also comes after the candidates of the edges that the types decide, as long as no order of the text breaks; where
/// two may each be the other's candidate, the one that is declared first comes first. So whoever lists each node after what
/// it needs gets an order in which nothing is built later than it is needed, whatever the types choose (DI0016).
/// In a cycle, the first step that would lead back is ignored.
pub(crate) fn order(nodes: &[Node]) -> Vec<usize> {
    let mut search = Search {
        nodes,
        candidates: (0..nodes.len()).map(|node| candidates(nodes, node)).collect(),
        states: vec![State::New; nodes.len()],
        order: Vec::with_capacity(nodes.len()),
    };
    for start in 0..nodes.len() {
        search.place(start);
    }
    search.order
}

struct Search<'a> {
    nodes: &'a [Node],
    /// Of each node, what the types may choose.
    candidates: Vec<Vec<usize>>,
    states: Vec<State>,
    order: Vec<usize>,
}

/// A node that is open, and what it still needs, last first.
struct Step {
    node: usize,
    rest: Vec<Need>,
}

#[derive(Clone, Copy)]
struct Need {
    node: usize,
    /// The types decide, so that the order may be another.
    may_be_ignored: bool,
}

impl Search<'_> {
    /// Places a node after what it needs. A loop, because a chain of services may be longer than the compiler's stack.
    fn place(&mut self, start: usize) {
        let mut stack = Vec::from_iter(self.open(start));
        while let Some(step) = stack.last_mut() {
            match step.rest.pop() {
                Some(need) if need.may_be_ignored && self.leads_to_an_open_node(need.node, need.node > step.node) => {}
                Some(need) => stack.extend(self.open(need.node)),
                None => {
                    self.set(step.node, State::Placed);
                    self.order.push(step.node);
                    stack.pop();
                }
            }
        }
    }

    /// The first step at a node; nothing if it was visited before.
    fn open(&mut self, node: usize) -> Option<Step> {
        if self.state(node) != Some(State::New) {
            return None;
        }
        self.set(node, State::Open);
        let mut rest = Vec::new();
        for edge in self.nodes.get(node)?.edges.iter().rev() {
            match &edge.target {
                Target::Node(target) => rest.push(Need { node: *target, may_be_ignored: false }),
                Target::Typed(candidates) => {
                    let likely = likely(self.nodes, node, &edge.key, candidates).into_iter().rev();
                    rest.extend(likely.map(|node| Need { node, may_be_ignored: true }));
                }
                Target::Deferred(_) | Target::Absent | Target::Missing => {}
            }
        }
        Some(Step { node, rest })
    }

    /// Whether an open node must come before this one, by text, or `may`, if the types say so: then this one cannot come
    /// before all that are open.
    fn leads_to_an_open_node(&self, start: usize, may: bool) -> bool {
        let mut seen = vec![false; self.nodes.len()];
        let mut stack = vec![start];
        while let Some(node) = stack.pop() {
            if self.state(node) == Some(State::Open) {
                return true;
            }
            if let (Some(seen), Some(found)) = (seen.get_mut(node), self.nodes.get(node))
                && !std::mem::replace(seen, true)
                && self.state(node) == Some(State::New)
            {
                stack.extend(found.edges.iter().filter_map(|edge| match edge.target {
                    Target::Node(target) => Some(target),
                    _ => None,
                }));
                if may {
                    stack.extend(self.candidates.get(node).into_iter().flatten());
                }
            }
        }
        false
    }

    fn state(&self, node: usize) -> Option<State> {
        self.states.get(node).copied()
    }

    fn set(&mut self, node: usize, state: State) {
        if let Some(own) = self.states.get_mut(node) {
            *own = state;
        }
    }
}

/// The candidates that the text of the key names, as in `key!(Clock)`, and those that are declared before the consumer; if
/// it names none, all.
fn likely(nodes: &[Node], consumer: usize, key: &str, candidates: &[usize]) -> Vec<usize> {
    let named = named(nodes, key, candidates);
    candidates.iter().copied().filter(|candidate| *candidate < consumer || named.contains(candidate)).collect()
}

/// What the types may choose for a node: what its keys name by a path or to a macro, and else also what is declared before
/// it, for any name may be an alias.
fn candidates(nodes: &[Node], node: usize) -> Vec<usize> {
    let edges = nodes.get(node).map_or(&[][..], |own| &own.edges).iter();
    let typed = edges.filter_map(|edge| match &edge.target {
        Target::Typed(candidates) => {
            let mut called = among(nodes, candidates, &edge.key, Node::may_be_called);
            // A macro is told what it stands for.
            if called.is_empty() && edge.key.contains('!') {
                called = among(nodes, candidates, &edge.key, Node::is_named_in);
            }
            Some(if called.is_empty() { likely(nodes, node, &edge.key, candidates) } else { called })
        }
        _ => None,
    });
    typed.flatten().collect()
}

/// The candidates whose path may be that of the key, as `m2::Clock` may be `super::m2::Clock`; if there are none, those whose
/// name stands somewhere in it; if there are none either, all.
fn named(nodes: &[Node], key: &str, candidates: &[usize]) -> Vec<usize> {
    let choices = [Node::may_be_called, Node::is_named_in].map(|is_named| among(nodes, candidates, key, is_named));
    choices.into_iter().find(|named| !named.is_empty()).unwrap_or_else(|| candidates.to_vec())
}

fn among(nodes: &[Node], candidates: &[usize], key: &str, is_named: fn(&Node, &str) -> bool) -> Vec<usize> {
    let is_named = |candidate: &usize| nodes.get(*candidate).is_some_and(|node| is_named(node, key));
    candidates.iter().copied().filter(is_named).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::samples::{edge, graph, lazy, node};

    #[test]
    fn what_needs_nothing_stays_where_it_is_declared() {
        assert_eq!(order(&graph([node("a", "A"), node("b", "B"), node("c", "C")]).nodes), [0, 1, 2]);
    }

    #[test]
    fn what_a_node_needs_comes_before_it_in_the_order_of_its_members() {
        let nodes = [
            node("market", "Market").needs(edge("journal", "Journal").to(2)).needs(edge("clock", "Clock").to(1)),
            node("clock", "Clock"),
            node("journal", "Journal").needs(lazy("market", "Market").deferred(0)),
        ];
        assert_eq!(order(&graph(nodes).nodes), [2, 1, 0]);
    }

    #[test]
    fn a_node_comes_after_what_the_types_may_choose() {
        let nodes = [
            node("journal", "Journal").needs(edge("clock", "dyn Time").typed(&[2, 1])),
            node("fake", "Fake"),
            node("system", "System"),
        ];
        assert_eq!(order(&graph(nodes).nodes), [2, 1, 0]);
    }

    #[test]
    fn of_two_services_of_one_name_the_one_whose_path_fits_comes_first() {
        let nodes = [
            node("first", "a::Service"),
            node("third", "c::Service").needs(edge("second", "super::b::Service").typed(&[0, 2])),
            node("second", "b::Service").needs(edge("first", "super::a::Service").typed(&[0, 1])),
        ];
        assert_eq!(order(&graph(nodes).nodes), [0, 2, 1]);
    }

    #[test]
    fn what_is_declared_before_may_be_meant_by_another_name() {
        let nodes = [
            node("first", "First").needs(edge("clock", "Alias").typed(&[1, 2])),
            node("second", "b::Service").needs(edge("first", "Names::Service").typed(&[0, 2])),
            node("third", "c::Service"),
        ];
        assert_eq!(order(&graph(nodes).nodes), [2, 0, 1]);
    }

    #[test]
    fn of_two_that_may_need_each_other_the_one_that_is_declared_first_comes_first() {
        let nodes = [
            node("clock", "Clock"),
            node("venue", "Venue").needs(edge("clock", "dyn Time").typed(&[0, 2])),
            node("market", "Market").needs(edge("venue", "dyn Exchange").typed(&[0, 1])),
        ];
        assert_eq!(order(&graph(nodes).nodes), [0, 1, 2]);
    }

    #[test]
    fn a_candidate_that_depends_on_the_node_by_text_comes_after_it() {
        let nodes = [
            node("journal", "Journal").needs(edge("clock", "dyn Time").typed(&[1, 2])),
            node("system", "System").needs(edge("desk", "Desk").to(3)),
            node("fake", "Fake"),
            node("desk", "Desk").needs(edge("journal", "Journal").to(0)),
        ];
        assert_eq!(order(&graph(nodes).nodes), [2, 0, 3, 1]);
    }

    /// Whether each edge of these leads to a node that is placed before.
    fn holds(order: &[usize], edges: &[(usize, usize)]) -> bool {
        let position = |node| order.iter().position(|other| *other == node);
        edges.iter().all(|(from, to)| position(*to) < position(*from))
    }

    /// Whether some order of three nodes holds all these edges.
    fn has_an_order(edges: &[(usize, usize)]) -> bool {
        let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
        orders.iter().any(|order| holds(order, edges))
    }

    #[test]
    fn of_three_nodes_every_order_that_is_possible_is_found() {
        for (nodes, by_text, by_type) in graphs_of_three() {
            let order = order(&nodes);
            let all = [by_text.clone(), by_type].concat();
            assert_eq!(order.len(), 3);
            assert!(holds(&order, &by_text) || !has_an_order(&by_text), "{order:?} of {by_text:?}");
            assert!(holds(&order, &all) || !has_an_order(&all), "{order:?} of {all:?}");
        }
    }

    /// The graphs of three nodes in which each pair is joined by text, by type or not at all; with the pairs of either kind.
    fn graphs_of_three() -> impl Iterator<Item = (Vec<Node>, Pairs, Pairs)> {
        let pairs = [(0, 1), (0, 2), (1, 0), (1, 2), (2, 0), (2, 1)];
        (0..3_usize.pow(6)).map(move |case| {
            let form = |index: usize| case / 3_usize.pow(u32::try_from(index).unwrap_or(0)) % 3;
            let of_form = |wanted: usize| {
                let chosen = pairs.iter().enumerate().filter(move |(index, _)| form(*index) == wanted);
                chosen.map(|(_, pair)| *pair).collect::<Pairs>()
            };
            let nodes = (0..3).map(|from| {
                let edges = pairs.iter().enumerate().filter(|(_, pair)| pair.0 == from);
                edges.fold(node("node", "Node"), |node, (index, pair)| match form(index) {
                    1 => node.needs(edge("text", "Key").to(pair.1)),
                    2 => node.needs(edge("typed", "Key").typed(&[pair.1])),
                    _ => node,
                })
            });
            (graph(nodes).nodes, of_form(1), of_form(2))
        })
    }

    type Pairs = Vec<(usize, usize)>;

    #[test]
    fn what_is_listed_after_all_that_may_be_needed_of_the_earlier_stays_there() {
        for (nodes, by_text, by_type) in graphs_of_three() {
            let is_earlier = |(from, to): &(usize, usize)| to < from;
            let needed: Pairs = by_type.iter().copied().filter(is_earlier).collect();
            if by_text.iter().all(is_earlier) {
                let order = order(&nodes);
                assert!(holds(&order, &needed), "{order:?} of {by_text:?} and {by_type:?}");
            }
        }
    }

    #[test]
    fn a_cycle_loses_no_node() {
        let nodes = [
            node("left", "Left").needs(edge("right", "Right").to(1)),
            node("right", "Right").needs(edge("left", "Left").to(0)),
            node("own", "Own").needs(edge("own", "Own").to(2)),
        ];
        assert_eq!(order(&graph(nodes).nodes), [1, 0, 2]);
    }

    #[test]
    fn a_long_chain_needs_no_deep_stack() {
        let count = 50_000;
        let chain = (0..count).map(|index| {
            let node = node("link", "Link");
            if index + 1 < count { node.needs(edge("next", "Link").to(index + 1)) } else { node }
        });
        let order = order(&graph(chain).nodes);
        assert!(order.iter().rev().copied().eq(0..count));
    }
}
