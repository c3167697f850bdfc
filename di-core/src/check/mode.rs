//! DI0008: an async or fallible constructor in a container that is pinned to have none.

use crate::graph::{Graph, Kind};

use super::missing::path_to;
use super::text::Text;

/// The services that make the build async.
pub(super) const fn async_fault(graph: &Graph) -> Option<Text> {
    if !graph.is_async() {
        return None;
    }
    let text = Text::new()
        .push("[DI0008] `")
        .push(graph.container)
        .push("` is pinned to be built at once, but has async constructors\n");
    let text = listed(text, graph, true);
    Some(
        text.push("\n\n  help: make them sync, and do the waiting in a method\n  help: or remove `build = ..` from `#[container(..)]`, and await the build")
            .see("DI0008"),
    )
}

/// The services that make the build fallible.
pub(super) const fn fallible_fault(graph: &Graph) -> Option<Text> {
    if !graph.is_fallible() {
        return None;
    }
    let text = Text::new()
        .push("[DI0008] `")
        .push(graph.container)
        .push("` is pinned to be built without failure, but has constructors that can fail\n");
    let text = listed(text, graph, false);
    Some(
        text.push("\n\n  help: make them infallible, and validate before the container is built\n  help: or write `build = sync` in `#[container(..)]`, and handle the error")
            .see("DI0008"),
    )
}

/// A line per service; those of modules with the way to them.
const fn listed(mut text: Text, graph: &Graph, of_async: bool) -> Text {
    let mut index = 0;
    while index < graph.nodes.len() {
        let node = &graph.nodes[index];
        let counts = if of_async { node.is_async } else { node.is_fallible };
        if counts && node.is_built() {
            text = text.push("\n    `").push(node.field).push(": ").push(node.service).push("`");
            text = asked_for_by(text, graph, index);
            if let Kind::Module(inner) = node.kind {
                text = inside(text, inner, of_async);
            }
        }
        index += 1;
    }
    text
}

/// Who needs it, where somebody does.
const fn asked_for_by(text: Text, graph: &Graph, node: usize) -> Text {
    let (path, len) = path_to(graph, node);
    let mut text = text;
    let mut index = 1;
    while index < len {
        text = text.push(", which `");
        text = text.push(graph.nodes[path[index]].service).push("` needs");
        index += 1;
    }
    text
}

/// The services of a module, one level deep: const functions cannot recurse far.
const fn inside(mut text: Text, graph: &Graph, of_async: bool) -> Text {
    let mut index = 0;
    while index < graph.nodes.len() {
        let node = &graph.nodes[index];
        let counts = if of_async { node.is_async } else { node.is_fallible };
        if counts && node.is_built() {
            text = text.push(", because of its `").push(node.field).push(": ").push(node.service).push("`");
        }
        index += 1;
    }
    text
}
