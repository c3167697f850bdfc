//! DI0014: dependencies on a concrete type that is being wound down.

use super::message::Message;
use crate::errors::Code;
use crate::graph::text::alike;
use crate::graph::{Dependency, Graph, Node, Target, Wanted};

/// The nodes that ask for the concrete type of one that is winding down, each with the text of its warning.
pub(crate) fn warnings(graph: &Graph) -> Vec<(usize, String)> {
    let mut warnings: Vec<(usize, String)> = Vec::new();
    let winding_down = graph.nodes.iter().enumerate().filter(|(_, node)| node.winding_down);
    for (index, node) in winding_down {
        let mut last = None;
        for dependency in graph.dependencies().filter(|dependency| asks_concretely(dependency, index, node)) {
            if last.replace(dependency.node) != Some(dependency.node) {
                warnings.push((dependency.node, text(dependency, node)));
            }
        }
    }
    warnings
}

fn asks_concretely(dependency: &Dependency<'_>, index: usize, node: &Node) -> bool {
    let edge = dependency.edge;
    // What the types decide may be another one's key.
    let is_its_key = !matches!(edge.target, Target::Typed(_)) || alike(&edge.key, &node.service);
    dependency.node != index
        && matches!(edge.wanted, Wanted::One | Wanted::Optional | Wanted::Lazy | Wanted::Unknown)
        && edge.is_concrete()
        && edge.may_reach(index)
        && is_its_key
}

fn text(dependency: Dependency<'_>, node: &Node) -> String {
    let wanted = dependency.edge.wanted;
    let interfaces = node.interfaces.iter().map(|interface| format!("`{}`", wanted.of(interface)));
    let instead: Vec<String> = interfaces.collect();
    let instead = if instead.is_empty() {
        format!("one of its interfaces: `{}`", wanted.of("dyn .."))
    } else {
        instead.join(" or ")
    };
    let consumer = dependency.consumer.written();
    let headline = format!("{consumer} asks for the concrete `{}`, which is being wound down", node.service);
    Message::new(Code::DI0014, headline).help(format!("ask for {instead}")).into_text()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::samples::{NodeBuilder, edge, graph, lazy, node};

    fn clock() -> NodeBuilder {
        node("clock", "SystemClock").provides("dyn IClock").with(|node| node.winding_down = true)
    }

    #[test]
    fn who_asks_for_the_concrete_type_is_told_which_interface_to_ask_for() {
        let text = "[DI0014] `journal: Journal` asks for the concrete `SystemClock`, which is being wound down

  help: ask for `Arc<dyn IClock>`
  see `di_core::diagnostics::DI0014`";
        let journal = node("journal", "Journal")
            .needs(edge("clock", "SystemClock").to(0))
            .needs(edge("again", "SystemClock").to(0));
        let market = node("market", "Market").needs(edge("clock", "dyn IClock").to(0));
        assert_eq!(warnings(&graph([clock(), journal, market])), [(1, text.to_owned())]);
    }

    #[test]
    fn the_interface_is_asked_for_in_the_same_form() {
        let journal = node("journal", "Journal").needs(lazy("clock", "SystemClock").deferred(0));
        let warnings = warnings(&graph([clock().provides("dyn ITimer"), journal]));
        assert!(warnings[0].1.contains("\n  help: ask for `Lazy<dyn IClock>` or `Lazy<dyn ITimer>`\n"));
    }

    #[test]
    fn what_the_types_decide_is_told_by_its_name() {
        let journal = |key| node("journal", "Journal").needs(edge("clock", key).typed(&[0]));
        assert_eq!(warnings(&graph([clock(), journal("time::SystemClock")])).len(), 1);
        assert_eq!(warnings(&graph([clock(), journal("Renamed")])), []);
    }
}
