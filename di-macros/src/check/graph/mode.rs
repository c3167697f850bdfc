//! DI0008: an async or fallible constructor in a container whose declared mode excludes it.

use super::fault::{Fault, Place};
use super::message::Message;
use crate::errors::Code;
use crate::graph::{Graph, Node};
use crate::model::mode::Mode;

/// The services that make the build async, and those that make it fallible, where `build = ..` declares that it is not.
pub(crate) fn faults(graph: &Graph, declared: Mode) -> Vec<Fault> {
    let asked = graph.mode();
    let needed =
        Mode { is_async: declared.is_async || asked.is_async, is_fallible: declared.is_fallible || asked.is_fallible };
    let container = &graph.container;
    let declare = |then: &str| format!("declare `#[container(build = {}, ..)]`, and {then}", needed.word());
    let is_awaited = Message::new(
        Code::DI0008,
        format!("`{container}` is declared to be built at once, but has async constructors"),
    )
    .help("make them sync, and do the waiting in a method")
    .help(declare("await the build"));
    let can_fail = Message::new(
        Code::DI0008,
        format!("`{container}` is declared to be built without failure, but has constructors that can fail"),
    )
    .help("make them infallible, and validate before the container is built")
    .help(declare("handle the error"));
    let is_awaited = (!declared.is_async).then(|| fault(is_awaited, listed(graph, |node| node.is_async)));
    let can_fail = (!declared.is_fallible).then(|| fault(can_fail, listed(graph, |node| node.is_fallible)));
    is_awaited.into_iter().chain(can_fail).flatten().collect()
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

    const FALLIBLE: Mode = Mode { is_async: false, is_fallible: true };

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
        let text = "[DI0008] `App` is declared to be built at once, but has async constructors

    `feed: Feed`, which `Desk` needs
    `book: Book`

  help: make them sync, and do the waiting in a method
  help: or declare `#[container(build = async_fallible, ..)]`, and await the build
  see `di_core::diagnostics::DI0008`";
        assert_eq!(faults(&graph, FALLIBLE), [Fault { place: Place::Build, text: text.to_owned() }]);
    }

    #[test]
    fn fallible_services_are_listed() {
        let text = "[DI0008] `App` is declared to be built without failure, but has constructors that can fail

    `settings: Settings`

  help: make them infallible, and validate before the container is built
  help: or declare `#[container(build = fallible, ..)]`, and handle the error
  see `di_core::diagnostics::DI0008`";
        let infallible = Mode::default();
        assert_eq!(faults(&graph([settings()]), infallible), [Fault { place: Place::Build, text: text.to_owned() }]);
        assert_eq!(faults(&graph([settings(), feed()]), infallible).len(), 2);
        assert_eq!(faults(&graph([node("clock", "Clock")]), infallible), []);
    }

    #[test]
    fn what_is_built_on_demand_counts_where_it_is_built() {
        assert_eq!(faults(&graph([feed().kind(Kind::Transient), feed().kind(Kind::Scope), settings()]), FALLIBLE), []);
        assert_eq!(faults(&graph([feed().kind(Kind::Module)]), FALLIBLE).len(), 1);
    }
}
