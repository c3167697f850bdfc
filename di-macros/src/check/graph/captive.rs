//! DI0004: a longer-lived service holds what lives only in a scope, directly or through transients.

use super::message::Message;
use super::missing::with_consumers;
use crate::errors::Code;
use crate::graph::{Dependency, Graph, Kind, Node};

/// The message for a dependency on a key that only the scope at this node answers.
pub(crate) fn text(graph: &Graph, node: usize, edge: usize, scope: usize) -> String {
    let (Some(lacking), Some(scope)) = (graph.dependency(node, edge), graph.nodes.get(scope)) else {
        return String::new();
    };
    message(graph, lacking, scope).into_text()
}

pub(super) fn message(graph: &Graph, lacking: Dependency<'_>, scope: &Node) -> Message {
    let (key, scope) = (&lacking.edge.key, &scope.service);
    let holder = holder(graph, lacking.node);
    let long_lived = holder.map_or("", Node::label);
    let through = if holder.is_some_and(|holder| std::ptr::eq(holder, lacking.consumer)) {
        String::new()
    } else {
        format!(" and `{}`", lacking.consumer.label())
    };
    let headline = format!("`{long_lived}` outlives `{key}`, which exists only in the scope `{scope}`");
    with_consumers(Message::new(Code::DI0004, headline), graph, lacking)
        .help(format!("move `{long_lived}`{through} into `{scope}`"))
        .help(format!("make a scope where you need one: `Factory<{scope}, ({scope}Inputs,)>`"))
}

/// Who lives long: the node itself, or who holds the transient.
fn holder(graph: &Graph, node: usize) -> Option<&Node> {
    let path: Vec<&Node> = graph.path_to(node).into_iter().filter_map(|index| graph.nodes.get(index)).collect();
    path.iter().find(|node| node.kind != Kind::Transient).or(path.last()).copied()
}

#[cfg(test)]
mod tests {
    use super::text;
    use crate::graph::Kind;
    use crate::graph::samples::{edge, graph, node};

    #[test]
    fn a_singleton_outlives_what_a_scope_has() {
        let graph =
            graph([node("desk", "Desk").needs(edge("book", "Book")), node("symbol", "SymbolScope").kind(Kind::Scope)]);
        let expected = "[DI0004] `Desk` outlives `Book`, which exists only in the scope `SymbolScope`

    `Desk` needs it for `book`

  help: move `Desk` into `SymbolScope`
  help: or make a scope where you need one: `Factory<SymbolScope, (SymbolScopeInputs,)>`
  see `di_core::diagnostics::DI0004`";
        assert_eq!(text(&graph, 0, 0, 1), expected);
    }

    #[test]
    fn who_holds_a_transient_outlives_what_it_needs() {
        let graph = graph([
            node("desk", "Desk").needs(edge("ticket", "Ticket").to(1)),
            node("ticket", "Ticket").kind(Kind::Transient).needs(edge("book", "Book").typed(&[2])),
            node("symbol", "SymbolScope").kind(Kind::Scope),
        ]);
        let expected = "[DI0004] `Desk` outlives `Book`, which exists only in the scope `SymbolScope`

    `Ticket` needs it for `book`

    asked for by `Desk` -> `Ticket`

  help: move `Desk` and `Ticket` into `SymbolScope`
  help: or make a scope where you need one: `Factory<SymbolScope, (SymbolScopeInputs,)>`
  see `di_core::diagnostics::DI0004`";
        assert_eq!(text(&graph, 1, 0, 2), expected);
    }
}
