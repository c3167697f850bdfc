//! DI0002: a container in itself, at once or through another one.

use super::fault::{Fault, Place};
use super::message::Message;
use crate::errors::Code;
use crate::graph::text::same;
use crate::graph::{Graph, Kind, Node};

/// A fault for each module or scope that holds the container in which it is listed.
///
/// Two containers that hold each other are one fault, and both see it: it is told in the one whose name comes first. The other
/// one is written out in full, for a name may mislead, and what is not told must not be assumed.
pub(crate) fn faults(graph: &Graph) -> Vec<Fault> {
    let nested = graph.nodes.iter().enumerate().filter(|(_, node)| holds_its_container(graph, node));
    let told = nested.filter(|(_, node)| back(graph, node).is_none() || graph.container < node.service);
    told.map(|(index, node)| Fault { place: Place::Node(index), text: text(graph, node) }).collect()
}

/// Whether a module or a scope is the container in which it is listed, or has it inside.
///
/// A name means the same here and there if both containers stand in one file, and write it without a path; else it is left to
/// the compiler, which knows whether a type is infinite.
pub(crate) fn holds_its_container(graph: &Graph, node: &Node) -> bool {
    matches!(node.kind, Kind::Module | Kind::Scope)
        && (same(&node.service, &graph.container) || back(graph, node).is_some())
}

/// The field of the node's container that holds this one.
fn back<'a>(graph: &Graph, node: &'a Node) -> Option<&'a str> {
    if same(&node.service, &graph.container) || node.file() != graph.file.as_deref() || node.service.contains("::") {
        return None;
    }
    let back = node.parts.iter().find(|part| part.is_container && same(&part.service, &graph.container))?;
    Some(&back.field)
}

fn text(graph: &Graph, node: &Node) -> String {
    let own = &graph.container;
    let mut lines = vec![format!("`{own}` has {} inside", node.written())];
    if let Some(field) = back(graph, node) {
        lines.push(format!("`{}` has `{field}: {own}` inside", node.service));
    }
    lines.push(format!("`{own}`"));
    let way_out = match back(graph, node) {
        Some(_) => "move what both need into a third container, and list that one".to_owned(),
        // A scope: of a module in itself, the attribute has told.
        None => format!("remove {}, and open each `{own}` from the container around it", node.written()),
    };
    Message::new(Code::DI0002, format!("the container `{own}` is a part of itself"))
        .paragraph(lines)
        .help(way_out)
        .into_text()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Part;
    use crate::graph::samples::{NodeBuilder, graph, node};
    use crate::spans::Location;

    fn module(service: &str, inner: &str, file: &str) -> NodeBuilder {
        let part = Part { field: "back".to_owned(), service: inner.to_owned(), is_container: true };
        node("inner", service).kind(Kind::Module).with(|node| {
            node.parts.push(part);
            node.location = Some(Location { file: file.to_owned(), line: 1 });
        })
    }

    #[track_caller]
    fn check(node: NodeBuilder, expected: usize) {
        assert_eq!(faults(&graph([node])).len(), expected);
    }

    #[test]
    fn a_container_is_no_part_of_itself() {
        check(node("inner", "App").kind(Kind::Scope), 1);
        check(node("inner", "other::App").kind(Kind::Scope), 0);
        check(module("Inner", "App", "lib.rs"), 1);
        check(module("Inner", "Apple", "lib.rs"), 0);
    }

    #[test]
    fn two_that_hold_each_other_are_told_once() {
        check(module("Inner", "App", "lib.rs"), 1);
        check(module("An", "App", "lib.rs"), 0);
    }

    #[test]
    fn a_name_of_another_file_may_mean_another_container() {
        check(module("Inner", "App", "other.rs"), 0);
        check(module("other::Inner", "App", "lib.rs"), 0);
    }

    #[test]
    fn a_scope_that_opens_itself_needs_no_third_container() {
        let text = &faults(&graph([node("inner", "App").kind(Kind::Scope)]))[0].text;
        let open = "\n  help: remove `inner: App`, and open each `App` from the container around it\n";
        assert!(text.contains(open), "{text}");
    }

    #[test]
    fn the_way_back_is_told() {
        let text = &faults(&graph([module("Inner", "App", "lib.rs")]))[0].text;
        let path = "`App` has `inner: Inner` inside\n    `Inner` has `back: App` inside\n    `App`\n";
        assert!(text.contains(path), "{text}");
    }
}
