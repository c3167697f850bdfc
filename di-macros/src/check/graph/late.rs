//! DI0016: only the types tell what answers a dependency, and that is built later.

use super::cycle;
use super::message::Message;
use crate::errors::Code;
use crate::graph::text::is_interface;
use crate::graph::{Graph, Node};

/// Of the nodes that are built later, and may answer a dependency of this one, the first that does not need it; if all do, the
/// first.
pub(crate) fn likeliest(graph: &Graph, node: usize, mut later: impl Iterator<Item = usize> + Clone) -> Option<usize> {
    let first = later.clone().next();
    later.find(|provider| !cycle::needs(graph, *provider, node)).or(first)
}

/// The message for a dependency that the node `provider` answers, as the types tell; where that needs the consumer, it
/// is a cycle (DI0002).
pub(crate) fn text(graph: &Graph, node: usize, edge: usize, provider: usize) -> String {
    if let Some(cycle) = cycle::through(graph, node, edge, provider) {
        return cycle;
    }
    let (Some(asking), Some(provider)) = (graph.dependency(node, edge), graph.nodes.get(provider)) else {
        return String::new();
    };
    let (consumer, edge, provider_written) = (asking.consumer, asking.edge, provider.written());
    let headline = format!("`{}` needs `{}` for `{}`", consumer.label(), edge.key, edge.member);
    let names = names(provider, is_interface(&edge.key)).into_iter();
    let names: Vec<String> = names.map(|name| format!("`{}`", edge.wanted.of(name))).collect();
    Message::new(
        Code::DI0016,
        format!("{headline}; only the types tell that {provider_written} provides it, and it is built later"),
    )
    .help(format!("list {provider_written} before {}", consumer.written()))
    .help(format!("ask for it by its own name: {}", names.join(" or ")))
    .into_text()
}

/// The names under which a node answers.
fn names(provider: &Node, interfaces: bool) -> Vec<&str> {
    if interfaces && !provider.interfaces.is_empty() {
        provider.interfaces.iter().map(String::as_str).collect()
    } else {
        vec![&provider.service]
    }
}

#[cfg(test)]
mod tests {
    use super::{likeliest, text};
    use crate::graph::samples::{edge, graph, node};

    #[test]
    fn what_needs_the_consumer_is_the_last_to_be_suspected() {
        let graph = graph([
            node("report", "Report").needs(edge("market", "dyn IMarket").to(1)),
            node("market", "Market").needs(edge("venue", "dyn Exchange").typed(&[0, 2])),
            node("bybit", "Bybit").provides("dyn IVenue"),
        ]);
        assert_eq!(likeliest(&graph, 1, [0, 2].into_iter()), Some(2));
        assert_eq!(likeliest(&graph, 1, [0].into_iter()), Some(0));
        assert_eq!(likeliest(&graph, 1, [].into_iter()), None);
    }

    #[test]
    fn what_the_types_find_later_is_to_be_listed_first() {
        let graph = graph([
            node("journal", "Journal").needs(edge("clock", "dyn Time").typed(&[1])),
            node("clock", "SystemClock").provides("dyn IClock"),
        ]);
        let expected = "[DI0016] `Journal` needs `dyn Time` for `clock`; only the types tell that `clock: SystemClock` provides it, and it is built later

  help: list `clock: SystemClock` before `journal: Journal`
  help: or ask for it by its own name: `Arc<dyn IClock>`
  see `di_core::diagnostics::DI0016`";
        assert_eq!(text(&graph, 0, 0, 1), expected);
    }

    #[test]
    fn what_needs_the_consumer_cannot_be_listed_first() {
        let graph = graph([
            node("journal", "Journal").needs(edge("clock", "Renamed").typed(&[1])),
            node("clock", "SystemClock").needs(edge("journal", "Journal").to(0)),
        ]);
        assert!(text(&graph, 0, 0, 1).starts_with("[DI0002] "));
    }
}
