//! Links across modules: dependencies resolved to the service that answers in the end.

use crate::report::model::{Edge, Form, Kind, Model, NodeId, alike};

/// All resolved dependencies of a model.
#[derive(Debug)]
pub(crate) struct Links {
    /// In the order of consumers and of their members.
    pub(crate) all: Vec<Link>,
    /// For each node, its dependencies: positions in `all`.
    pub(crate) needs: Vec<Vec<usize>>,
    /// For each node, its dependents: positions in `all`.
    pub(crate) used_by: Vec<Vec<usize>>,
}

/// One resolved dependency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Link {
    /// Who needs it.
    pub(crate) from: NodeId,
    /// What answers in the end: never a module, and never something inherited that the model can resolve.
    pub(crate) to: NodeId,
    /// Which of the consumer's dependencies it is; nothing for a scope and what is built with it.
    pub(crate) edge: Option<usize>,
    /// Whether `to` must be built before `from`.
    pub(crate) before: bool,
}

impl Links {
    /// Resolves every dependency.
    pub(crate) fn of(model: &Model) -> Self {
        let mut all = Vec::new();
        for (from, node) in model.nodes.iter().enumerate() {
            // What a container inherits is asked for by those inside.
            if let Kind::Module | Kind::Inherited = node.kind {
                continue;
            }
            if node.kind == Kind::Scope {
                all.extend(built_with(model, from).map(|to| Link { from, to, edge: None, before: false }));
                continue;
            }
            for (index, edge) in node.edges.iter().enumerate() {
                let Some(target) = edge.target else { continue };
                let to = answering(model, target, edge);
                let before = !edge.deferred && edge.form != Form::Factory;
                all.push(Link { from, to, edge: Some(index), before });
            }
        }
        let mut needs = vec![Vec::new(); model.nodes.len()];
        let mut used_by = vec![Vec::new(); model.nodes.len()];
        for (position, link) in all.iter().enumerate() {
            needs[link.from].push(position);
            used_by[link.to].push(position);
        }
        Self { all, needs, used_by }
    }

    /// What a node needs, each once, in the order of its members.
    pub(crate) fn dependencies(&self, node: NodeId) -> Vec<NodeId> {
        distinct(self.needs[node].iter().map(|position| self.all[*position].to))
    }

    /// What needs a node, each once, in declaration order.
    pub(crate) fn dependents(&self, node: NodeId) -> Vec<NodeId> {
        distinct(self.used_by[node].iter().map(|position| self.all[*position].from))
    }
}

/// The services that exist in a scope, which are built with it.
fn built_with(model: &Model, scope: NodeId) -> impl Iterator<Item = NodeId> {
    let inner = model.nodes[scope].inner;
    let nodes = model.nodes.iter().enumerate();
    nodes.filter(move |(_, node)| Some(node.container) == inner && node.is_service()).map(|(index, _)| index)
}

/// The node that answers in the end: inside a module what provides the export, for something inherited what stands
/// behind it in the container around.
fn answering(model: &Model, target: NodeId, edge: &Edge) -> NodeId {
    let node = &model.nodes[target];
    match node.kind {
        Kind::Module => {
            let inner = model.nodes.iter().enumerate().find(|(_, inner)| {
                Some(inner.container) == node.inner && inner.qualifier.is_none() && provides(inner, &edge.key)
            });
            inner.map_or(target, |(index, _)| answering(model, index, edge))
        }
        Kind::Inherited => {
            let holder = model.containers[node.container].holder;
            let outer = holder.and_then(|holder| {
                model.nodes[holder].edges.iter().find(|outer| outer.member == node.field && outer.target.is_some())
            });
            outer.and_then(|outer| Some(answering(model, outer.target?, outer))).unwrap_or(target)
        }
        _ => target,
    }
}

fn provides(node: &crate::report::model::Node, key: &str) -> bool {
    let exports = matches!(node.kind, Kind::Module) || node.registration.answers_interfaces();
    match node.kind {
        Kind::Group | Kind::Scope => false,
        Kind::Input | Kind::Inherited => alike(&node.service, key),
        _ => exports && node.interfaces.iter().any(|interface| alike(interface, key)),
    }
}

fn distinct(nodes: impl Iterator<Item = NodeId>) -> Vec<NodeId> {
    let mut seen = Vec::new();
    for node in nodes {
        if !seen.contains(&node) {
            seen.push(node);
        }
    }
    seen
}
