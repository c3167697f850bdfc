//! DI0009: a key that stands twice in a group or is asked for in vain, and a group that is declared empty but is not.

use super::fault::{Fault, Place};
use super::message::Message;
use crate::errors::Code;
use crate::graph::text::same;
use crate::graph::{Graph, Key, Node};

/// A fault for each member whose key an earlier member of its group has.
pub(crate) fn keys(graph: &Graph) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut seen: Vec<(&str, &Key)> = Vec::new();
    for (index, node) in graph.nodes.iter().enumerate() {
        let (Some(group), Some(key)) = (&node.group, &node.key) else { continue };
        if seen.iter().any(|(other, taken)| *taken == key && same(other, group)) {
            faults.push(Fault { place: Place::Key(index), text: twice(node) });
        }
        seen.push((group, key));
    }
    faults
}

/// The message for a member whose key an earlier member of its group has.
pub(crate) fn twice(node: &Node) -> String {
    let key = match &node.key {
        Some(Key::Literal(key)) => format!("{key:?}"),
        Some(Key::Constant(key)) => format!("`{key}`"),
        None => String::new(),
    };
    let group = node.group.as_deref().unwrap_or_default();
    Message::new(Code::DI0009, format!("the key {key} stands twice in the group `{group}`"))
        .help(format!("give `{}` a key of its own", node.field))
        .into_text()
}

/// A fault for each group that is declared empty, but has members.
pub(crate) fn empty(graph: &Graph, empty: &[String]) -> Vec<Fault> {
    let is_member = |node: &Node, interface: &str| node.group.as_ref().is_some_and(|group| same(group, interface));
    let faults =
        empty.iter().enumerate().filter(|(_, interface)| graph.nodes.iter().any(|node| is_member(node, interface)));
    let faults = faults.map(|(index, interface)| {
        let text = Message::new(Code::DI0009, format!("the group `{interface}` is declared empty, but has members"))
            .help(format!("remove `#[empty({interface})]`"))
            .into_text();
        Fault { place: Place::Empty(index), text }
    });
    faults.collect()
}

/// The message for a service that asks for its own key, but has none.
pub(crate) fn no_key(graph: &Graph, node: usize) -> String {
    let Some(Node { field, service, .. }) = graph.nodes.get(node) else { return String::new() };
    Message::new(Code::DI0009, format!("`{service}` asks for its own key, but has none in `{}`", graph.container))
        .help(format!("make it a member of a group: `#[many(dyn .., key = \"..\")] {field}: {service}`"))
        .into_text()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::samples::{NodeBuilder, graph, node};

    fn member(field: &str, group: &str, key: Option<&str>) -> NodeBuilder {
        node(field, "Clock").with(|node| {
            node.group = Some(group.to_owned());
            node.key = key.map(|key| Key::Literal(key.to_owned()));
        })
    }

    #[test]
    fn a_key_stands_once_in_a_group() {
        let graph = graph([
            member("system", "dyn IClock", Some("clock")),
            member("tracer", "dyn ITracer", Some("clock")),
            member("other", "dyn IClock", Some("other")),
            member("nameless", "dyn IClock", None),
            member("fake", "dyn  IClock", Some("clock")),
        ]);
        let text = "[DI0009] the key \"clock\" stands twice in the group `dyn  IClock`

  help: give `fake` a key of its own
  see `di_core::diagnostics::DI0009`";
        assert_eq!(keys(&graph), [Fault { place: Place::Key(4), text: text.to_owned() }]);
    }

    #[test]
    fn what_is_declared_empty_has_no_members() {
        let graph = graph([member("system", "dyn IClock", None)]);
        let text = "[DI0009] the group `dyn IClock` is declared empty, but has members

  help: remove `#[empty(dyn IClock)]`
  see `di_core::diagnostics::DI0009`";
        let declared = ["dyn ITracer".to_owned(), "dyn IClock".to_owned()];
        assert_eq!(empty(&graph, &declared), [Fault { place: Place::Empty(1), text: text.to_owned() }]);
    }

    #[test]
    fn a_service_that_asks_for_its_key_is_told_how_to_get_one() {
        let text = "[DI0009] `Named` asks for its own key, but has none in `App`

  help: make it a member of a group: `#[many(dyn .., key = \"..\")] named: Named`
  see `di_core::diagnostics::DI0009`";
        assert_eq!(no_key(&graph([node("named", "Named")]), 0), text);
    }
}
