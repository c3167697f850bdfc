//! DI0008: an async or fallible constructor, or module, in a container whose declared mode excludes it.

use super::fault::{Fault, Place};
use super::message::Message;
use crate::errors::Code;
use crate::graph::{Graph, Kind, Node};
use crate::model::mode::Mode;

/// What makes the build async, and what makes it fallible, where `build = ..` declares that it is not.
pub(crate) fn faults(graph: &Graph, declared: Mode) -> Vec<Fault> {
    let asked = graph.mode();
    let needed =
        Mode { is_async: declared.is_async || asked.is_async, is_fallible: declared.is_fallible || asked.is_fallible };
    let is_awaited = Excess {
        declared: "to be built at once",
        nodes: built(graph, |node| !declared.is_async && node.is_async),
        constructors: "async constructors",
        modules: "async modules",
        both: "async constructors and modules",
        help: "make them sync, and do the waiting in a method",
        help_of_modules: "declare at the module that it is built at once, when its constructors are sync",
        then: "await the build",
    };
    let can_fail = Excess {
        declared: "to be built without failure",
        nodes: built(graph, |node| !declared.is_fallible && node.is_fallible),
        constructors: "constructors that can fail",
        modules: "modules that can fail",
        both: "constructors and modules that can fail",
        help: "make them infallible, and validate before the container is built",
        help_of_modules: "declare at the module that it cannot fail, when its constructors cannot",
        then: "handle the error",
    };
    [is_awaited, can_fail].iter().filter_map(|excess| excess.fault(graph, needed)).collect()
}

/// The nodes that need more than is declared, and the words for it.
struct Excess {
    /// What the container declares.
    declared: &'static str,
    nodes: Vec<usize>,
    constructors: &'static str,
    modules: &'static str,
    both: &'static str,
    help: &'static str,
    help_of_modules: &'static str,
    /// What a caller does who declares it.
    then: &'static str,
}

impl Excess {
    fn fault(&self, graph: &Graph, needed: Mode) -> Option<Fault> {
        let is_module = |node: &&usize| graph.nodes.get(**node).is_some_and(|node| node.kind == Kind::Module);
        let modules = self.nodes.iter().filter(is_module).count();
        let (what, help) = match modules {
            _ if self.nodes.is_empty() => return None,
            0 => (self.constructors, self.help.to_owned()),
            _ if modules == self.nodes.len() => (self.modules, self.help_of_modules.to_owned()),
            _ => (self.both, format!("{}, and let the modules declare it", self.help)),
        };
        let container = &graph.container;
        let message =
            Message::new(Code::DI0008, format!("`{container}` is declared {}, but has {what}", self.declared))
                .list(None, self.nodes.iter().map(|node| listed(graph, *node)).collect());
        let declare = format!("declare `#[container(build = {}, ..)]`, and {}", needed.word(), self.then);
        Some(Fault { place: Place::Build, text: message.help(help).help(declare).into_text() })
    }
}

/// The nodes that are built with the container, and of which something holds.
fn built(graph: &Graph, holds: impl Fn(&Node) -> bool) -> Vec<usize> {
    let nodes = graph.nodes.iter().enumerate().filter(|(_, node)| node.is_built() && holds(node));
    nodes.map(|(index, _)| index).collect()
}

/// A node with who needs it; a module, with what it declares.
fn listed(graph: &Graph, index: usize) -> String {
    let Some(node) = graph.nodes.get(index) else { return String::new() };
    let declares = match node.kind {
        Kind::Module => format!(", which declares `build = {}`", node.mode().word()),
        _ => String::new(),
    };
    format!("{}{declares}{}", node.written(), asked_for_by(graph, index))
}

/// Who needs it, where somebody does.
fn asked_for_by(graph: &Graph, node: usize) -> String {
    let path = graph.path_to(node).into_iter().skip(1).filter_map(|index| graph.nodes.get(index));
    path.map(|node| format!(", which `{}` needs", node.label())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
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
    fn of_a_module_it_is_told_what_it_declares() {
        let feeds =
            || node("feeds", "Feeds").with(|node| (node.is_async, node.is_fallible) = (true, true)).kind(Kind::Module);
        let text = "[DI0008] `App` is declared to be built at once, but has async modules

    `feeds: Feeds`, which declares `build = async_fallible`

  help: declare at the module that it is built at once, when its constructors are sync
  help: or declare `#[container(build = async_fallible, ..)]`, and await the build
  see `di_core::diagnostics::DI0008`";
        assert_eq!(faults(&graph([feeds()]), FALLIBLE), [Fault { place: Place::Build, text: text.to_owned() }]);
        let both = &faults(&graph([feeds(), settings()]), Mode { is_async: true, is_fallible: false })[0].text;
        assert!(both.starts_with("[DI0008] `App` is declared to be built without failure, but has constructors and modules that can fail\n"), "{both}");
        assert!(both.contains("validate before the container is built, and let the modules declare it\n"), "{both}");
    }

    #[test]
    fn what_is_built_on_demand_counts_where_it_is_built() {
        assert_eq!(faults(&graph([feed().kind(Kind::Transient), feed().kind(Kind::Scope), settings()]), FALLIBLE), []);
        assert_eq!(faults(&graph([feed().kind(Kind::Module)]), FALLIBLE).len(), 1);
    }
}
