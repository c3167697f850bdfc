//! DI0001: nobody gives a singleton its arguments, or a module its inputs.

use super::fault::{Fault, Place};
use super::message::Message;
use crate::errors::Code;
use crate::graph::{Graph, Kind, Node};

/// A fault for each node that is built with the container, but takes something from a caller.
pub(crate) fn faults(graph: &Graph) -> Vec<Fault> {
    let unfilled = graph
        .nodes
        .iter()
        .enumerate()
        .filter(|(_, node)| matches!(node.kind, Kind::Singleton | Kind::Module) && !node.args.is_empty());
    unfilled.map(|(index, node)| Fault { place: Place::Node(index), text: text(&graph.container, node) }).collect()
}

fn text(container: &str, node: &Node) -> String {
    let Node { field, service, args, .. } = node;
    let is_module = node.kind == Kind::Module;
    let what = if is_module { "inputs" } else { "arguments" };
    let args: Vec<String> = args.iter().map(|arg| format!("`{arg}`")).collect();
    let headline = format!("nothing in `{container}` gives `{service}` its {what}: {}", args.join(", "));
    let message = Message::new(Code::DI0001, headline);
    let message = if is_module {
        let inherited = node.args.iter().map(|arg| match node.parts.iter().find(|part| part.field == *arg) {
            Some(part) => format!("`#[inherit] {arg}: Arc<{}>`", part.service),
            None => format!("`#[inherit] {arg}: Arc<..>`"),
        });
        let inherited = inherited.collect::<Vec<_>>().join(", ");
        message
            .help(format!("inherit them: {inherited} in `{service}`, and supply them in `{container}`"))
            .help(format!("make it `#[scope] {field}: {service}`, and call `.{field}({service}Inputs {{ .. }})`"))
    } else {
        message.help(format!("write `#[transient] {field}: {service}`, and make it with `Factory<{service}, (..)>`"))
    };
    message.into_text()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::samples::{NodeBuilder, graph, node};

    fn taking(field: &str, service: &str, args: &[&str]) -> NodeBuilder {
        node(field, service).with(|node| node.args = args.iter().map(|arg| (*arg).to_owned()).collect())
    }

    #[track_caller]
    fn check(node: NodeBuilder, expected: &str) {
        assert_eq!(faults(&graph([node])), [Fault { place: Place::Node(0), text: expected.to_owned() }]);
    }

    #[test]
    fn a_singleton_takes_no_arguments() {
        let text = "[DI0001] nothing in `App` gives `Ticket` its arguments: `price`, `quantity`

  help: write `#[transient] ticket: Ticket`, and make it with `Factory<Ticket, (..)>`
  see `di_core::diagnostics::DI0001`";
        check(taking("ticket", "Ticket", &["price", "quantity"]), text);
    }

    #[test]
    fn a_module_takes_no_inputs() {
        let text = "[DI0001] nothing in `App` gives `Module` its inputs: `name`

  help: inherit them: `#[inherit] name: Arc<String>` in `Module`, and supply them in `App`
  help: or make it `#[scope] module: Module`, and call `.module(ModuleInputs { .. })`
  see `di_core::diagnostics::DI0001`";
        check(taking("module", "Module", &["name"]).kind(Kind::Module).part("name", "String"), text);
    }

    #[test]
    fn what_is_made_on_demand_takes_both() {
        let transient = taking("ticket", "Ticket", &["quantity"]).kind(Kind::Transient);
        let scope = taking("symbol", "SymbolScope", &["symbol"]).kind(Kind::Scope);
        assert_eq!(faults(&graph([transient, scope])), []);
    }
}
