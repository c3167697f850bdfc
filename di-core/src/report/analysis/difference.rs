//! The difference of two graphs: what was added, what was removed, what is bound anew.

use std::collections::{BTreeMap, BTreeSet};

use crate::report::model::{Edge, Model, Node};

use super::share::{self, Share};

/// From an earlier graph to a later one.
///
/// It is written as text by [`Display`](std::fmt::Display), and as Markdown for a pull request by
/// [`to_markdown`](Self::to_markdown).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    pub(crate) name: String,
    /// Coverage before and after.
    pub(crate) coverage: [Share; 2],
    /// Coupling before and after.
    pub(crate) coupling: [Share; 2],
    /// Paths and services that only the later graph has.
    pub(crate) added: Vec<(String, String)>,
    /// Paths and services that only the earlier graph has.
    pub(crate) removed: Vec<(String, String)>,
    /// Nodes that both have, and that are not alike.
    pub(crate) changed: Vec<Changed>,
}

/// What is different about a node that both graphs have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Changed {
    pub(crate) path: String,
    /// What was, and what is.
    pub(crate) facts: Vec<Fact>,
}

/// One property of a node: its name, the value before and the value after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fact {
    pub(crate) what: String,
    pub(crate) before: Option<String>,
    pub(crate) after: Option<String>,
}

impl Difference {
    /// Whether the two graphs are alike.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty() && self.changed.is_empty()
    }
}

/// The difference from `earlier` to `later`. Where a service stands in its file is no difference.
pub(crate) fn between(earlier: &Model, later: &Model) -> Difference {
    let (before, after) = (by_path(earlier), by_path(later));
    let only = |of: &BTreeMap<&str, &Node>, other: &BTreeMap<&str, &Node>| {
        let nodes = of.iter().filter(|(path, _)| !other.contains_key(*path));
        nodes.map(|(path, node)| ((*path).to_owned(), node.service.clone())).collect()
    };
    let changed = after.iter().filter_map(|(path, node)| {
        let facts = facts(earlier, before.get(path)?, later, node);
        (!facts.is_empty()).then(|| Changed { path: (*path).to_owned(), facts })
    });
    Difference {
        name: later.name().to_owned(),
        coverage: [share::coverage(earlier), share::coverage(later)],
        coupling: [share::coupling(earlier), share::coupling(later)],
        added: only(&after, &before),
        removed: only(&before, &after),
        changed: changed.collect(),
    }
}

fn by_path(model: &Model) -> BTreeMap<&str, &Node> {
    model.nodes.iter().map(|node| (node.path.as_str(), node)).collect()
}

fn facts(earlier: &Model, before: &Node, later: &Model, after: &Node) -> Vec<Fact> {
    let mut facts = Vec::new();
    let mut fact = |what: &str, before: Option<String>, after: Option<String>| {
        if before != after {
            facts.push(Fact { what: what.to_owned(), before, after });
        }
    };
    let flag = |is: bool| is.then(|| "yes".to_owned());
    let list = |of: &[String]| (!of.is_empty()).then(|| of.join(", "));
    fact("service", Some(before.service.clone()), Some(after.service.clone()));
    fact("kind", Some(before.kind.word().to_owned()), Some(after.kind.word().to_owned()));
    fact("interfaces", list(&before.interfaces), list(&after.interfaces));
    fact("registration", Some(before.registration.word().to_owned()), Some(after.registration.word().to_owned()));
    fact("winding down", before.deprecated.and_then(flag), after.deprecated.and_then(flag));
    fact("qualifier", before.qualifier.clone(), after.qualifier.clone());
    fact("group", before.group.clone(), after.group.clone());
    fact("key in the group", before.key.clone(), after.key.clone());
    fact("async", flag(before.is_async), flag(after.is_async));
    fact("fallible", flag(before.is_fallible), flag(after.is_fallible));
    fact("entry", flag(before.entry), flag(after.entry));
    let members: BTreeSet<&str> = before.edges.iter().chain(&after.edges).map(|edge| edge.member.as_str()).collect();
    for member in members {
        let edge_of = |node: &Node, model: &Model| {
            node.edges.iter().find(|edge| edge.member == member).map(|edge| binding(model, edge))
        };
        fact(member, edge_of(before, earlier), edge_of(after, later));
    }
    facts
}

/// A dependency with what answers it.
pub(crate) fn binding(model: &Model, edge: &Edge) -> String {
    let form = crate::report::render::form(edge);
    let under = edge.qualifier.as_ref().map(|qualifier| format!(" under {qualifier}")).unwrap_or_default();
    let target = edge.target.map_or("absent", |target| model.nodes[target].path.as_str());
    format!("{form}{}{under} ({target})", edge.key)
}
