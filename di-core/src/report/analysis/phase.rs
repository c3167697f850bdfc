//! The phase of each service on its way from a concrete type to an interface.

use crate::report::model::{Model, NodeId};

use super::share::is_coupled;

/// The phase of one service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Phase {
    /// It provides no interface.
    NoInterface,
    /// It has an interface that does not answer yet.
    Concrete,
    /// Both keys answer.
    Both,
    /// Both answer, and who asks for the concrete type is warned.
    WindingDown,
    /// Only the interfaces answer, or it is reached through its group alone.
    Interface,
}

impl Phase {
    /// The phase of a service.
    pub(crate) fn of(model: &Model, node: NodeId) -> Self {
        let node = &model.nodes[node];
        if node.group.is_some() && !node.registration.answers_concrete() {
            return Self::Interface;
        }
        if node.interfaces.is_empty() && node.group.is_none() {
            return Self::NoInterface;
        }
        match (node.registration.answers_interfaces(), node.registration.answers_concrete()) {
            (true, true) if node.deprecated == Some(true) => Self::WindingDown,
            (true, true) => Self::Both,
            (true, false) => Self::Interface,
            (false, _) if node.group.is_some() => Self::Both,
            (false, _) => Self::Concrete,
        }
    }

    /// Its number in the guide's table of phases.
    pub(crate) fn number(self) -> &'static str {
        match self {
            Self::NoInterface => "-",
            Self::Concrete => "0",
            Self::Both => "1-3",
            Self::WindingDown => "3b",
            Self::Interface => "4",
        }
    }

    /// What holds in it.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::NoInterface => "no interface",
            Self::Concrete => "concrete only",
            Self::Both => "both keys",
            Self::WindingDown => "winding down",
            Self::Interface => "interface only",
        }
    }
}

/// Who still asks for the concrete type of a service: consumers and members, in the same container.
pub(crate) fn concrete_consumers(model: &Model, node: NodeId) -> Vec<(NodeId, usize)> {
    model
        .nodes
        .iter()
        .enumerate()
        .flat_map(|(consumer, from)| {
            let edges = from.edges.iter().enumerate().filter(move |(_, edge)| edge.target == Some(node));
            edges.map(move |(edge, _)| (consumer, edge))
        })
        .filter(|(consumer, edge)| is_coupled(model, *consumer, *edge))
        .collect()
}
