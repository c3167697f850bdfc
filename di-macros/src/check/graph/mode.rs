//! DI0008: an async or fallible constructor in a container that is pinned to have none.

use super::fault::{Fault, Place};
use super::message::Message;
use crate::graph::{Graph, Node};

/// The services that make the build async, against `build = sync`.
pub(crate) fn sync(graph: &Graph) -> Option<Fault> {
    let message = Message::new(
        "DI0008",
        format!("`{}` is pinned to be built at once, but has async constructors", graph.container),
    )
    .help("make them sync, and do the waiting in a method")
    .help("remove `build = ..` from `#[container(..)]`, and await the build");
    fault(message, listed(graph, |node| node.is_async))
}

/// The services that make the build async, and those that make it fallible, against `build = infallible`.
pub(crate) fn infallible(graph: &Graph) -> Vec<Fault> {
    let message = Message::new(
        "DI0008",
        format!("`{}` is pinned to be built without failure, but has constructors that can fail", graph.container),
    )
    .help("make them infallible, and validate before the container is built")
    .help("write `build = sync` in `#[container(..)]`, and handle the error");
    let fallible = fault(message, listed(graph, |node| node.is_fallible));
    sync(graph).into_iter().chain(fallible).collect()
}

fn fault(message: Message, services: Vec<String>) -> Option<Fault> {
    if services.is_empty() {
        return None;
    }
    Some(Fault { place: Place::Build, text: message.list(None, services).into_text() })
}

/// A line per service that counts, with who needs it.
fn listed(graph: &Graph, counts: impl Fn(&Node) -> bool) -> Vec<String> {
    let nodes = graph.nodes.iter().enumerate().filter(|(_, node)| node.is_built() && counts(node));
    nodes.map(|(index, node)| format!("{}{}", node.written(), asked_for_by(graph, index))).collect()
}

/// Who needs it, where somebody does.
fn asked_for_by(graph: &Graph, node: usize) -> String {
    let path = graph.path_to(node).into_iter().skip(1).filter_map(|index| graph.nodes.get(index));
    path.map(|node| format!(", which `{}` needs", node.label())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Kind;
    use crate::graph::samples::{NodeBuilder, edge, graph, node};

    fn feed() -> NodeBuilder {
        node("feed", "Feed").with(|node| node.is_async = true)
    }

    fn settings() -> NodeBuilder {
        node("settings", "Settings").with(|node| node.is_fallible = true)
    }

    #[test]
    fn async_services_are_listed_with_who_needs_them() {
        let graph = graph([
            feed(),
            node("desk", "Desk").needs(edge("feed", "Feed").to(0)),
            node("book", "Book").with(|node| node.is_async = true),
            settings(),
        ]);
        let text = "[DI0008] `App` is pinned to be built at once, but has async constructors

    `feed: Feed`, which `Desk` needs
    `book: Book`

  help: make them sync, and do the waiting in a method
  help: or remove `build = ..` from `#[container(..)]`, and await the build
  see `di_core::diagnostics::DI0008`";
        assert_eq!(sync(&graph), Some(Fault { place: Place::Build, text: text.to_owned() }));
    }

    #[test]
    fn fallible_services_are_listed() {
        let text = "[DI0008] `App` is pinned to be built without failure, but has constructors that can fail

    `settings: Settings`

  help: make them infallible, and validate before the container is built
  help: or write `build = sync` in `#[container(..)]`, and handle the error
  see `di_core::diagnostics::DI0008`";
        assert_eq!(infallible(&graph([settings()])), [Fault { place: Place::Build, text: text.to_owned() }]);
        assert_eq!(infallible(&graph([settings(), feed()])).len(), 2);
        assert_eq!(infallible(&graph([node("clock", "Clock")])), []);
    }

    #[test]
    fn what_is_built_on_demand_counts_where_it_is_built() {
        assert_eq!(sync(&graph([feed().kind(Kind::Transient), feed().kind(Kind::Scope), settings()])), None);
        assert!(sync(&graph([feed().kind(Kind::Module)])).is_some());
    }
}
