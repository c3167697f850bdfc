//! Candidates for a dependency: what else could have answered it, and why it does not.

use crate::report::model::{Edge, Form, Kind, Model, Node, NodeId, alike};

/// A node that is of the wanted type or provides the wanted interface.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Candidate {
    pub(crate) node: NodeId,
    pub(crate) verdict: Verdict,
}

/// Whether a candidate answers, or why it does not.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It answers.
    Answers,
    /// It stands under another qualifier, or under none.
    OtherQualifier,
    /// Only its concrete type answers.
    ConcreteOnly,
    /// Only its interfaces answer.
    InterfaceOnly,
    /// It is a member of a group and answers nothing else.
    GroupOnly,
    /// It is another type of that name.
    OtherType,
}

impl Verdict {
    /// The reason, as the rest of a sentence that begins with the candidate.
    pub(crate) fn words(&self) -> &'static str {
        match self {
            Self::Answers => "answers",
            Self::OtherQualifier => "stands under another qualifier",
            Self::ConcreteOnly => "is registered concrete",
            Self::InterfaceOnly => "is registered by interface",
            Self::GroupOnly => "is a member of a group only",
            Self::OtherType => "is another type of that name",
        }
    }
}

/// The candidates for a dependency in the consumer's container, in declaration order.
pub(crate) fn of(model: &Model, consumer: NodeId, edge: &Edge) -> Vec<Candidate> {
    let nodes = model.nodes_of(model.nodes[consumer].container).filter(|(index, _)| *index != consumer);
    nodes.filter_map(|(index, node)| Some(Candidate { node: index, verdict: verdict(node, index, edge)? })).collect()
}

fn verdict(node: &Node, index: NodeId, edge: &Edge) -> Option<Verdict> {
    if edge.target == Some(index) {
        return Some(Verdict::Answers);
    }
    let by_interface = node.interfaces.iter().any(|interface| alike(interface, &edge.key));
    let by_type = alike(&node.service, &edge.key);
    let is_group = node.kind == Kind::Group;
    if !(by_interface || by_type) || is_group != (edge.form == Form::Many) {
        return None;
    }
    Some(match node.registration {
        crate::report::model::Registration::Group => Verdict::GroupOnly,
        _ if node.qualifier != edge.qualifier => Verdict::OtherQualifier,
        registration if by_interface && !registration.answers_interfaces() => Verdict::ConcreteOnly,
        registration if by_type && !registration.answers_concrete() => Verdict::InterfaceOnly,
        _ => Verdict::OtherType,
    })
}

/// Whether a node is built or made for nobody: nothing in the graph needs it, nothing outside is said to use it, and no
/// module exports it.
pub(crate) fn is_unused(model: &Model, node: NodeId) -> bool {
    let Node { entry, group, container, interfaces, .. } = &model.nodes[node];
    let needed = model.nodes.iter().flat_map(|node| &node.edges).any(|edge| edge.target == Some(node));
    let exported = model.containers[*container].holder.is_some_and(|holder| {
        let exports = &model.nodes[holder].interfaces;
        interfaces.iter().any(|interface| exports.iter().any(|export| alike(export, interface)))
    });
    !needed && !*entry && group.is_none() && !exported
}
