//! DI0010: too few services answer an interface, or too many dependencies name a concrete type.

use super::fault::{Fault, Place};
use super::message::Message;
use crate::errors::Code;
use crate::graph::{Edge, Graph, Kind, Node, Target, Wanted};

/// The services without an interface, if the share of those with one, in per cent, is below the limit.
pub(crate) fn interface_coverage(graph: &Graph, at_least: usize) -> Option<Fault> {
    let services = graph.nodes.iter().filter(|node| node.is_service());
    let (with, without): (Vec<&Node>, Vec<&Node>) = services.partition(|node| answers_an_interface(node));
    let whole = with.len() + without.len();
    let share = percent(with.len(), whole)?;
    if share >= at_least {
        return None;
    }
    let headline = format!(
        "in `{}`, {} of {whole} services answer an interface: {share} %, and at least {at_least} % are wanted",
        graph.container,
        with.len()
    );
    let text = Message::new(Code::DI0010, headline)
        .list(Some("these do not:"), without.into_iter().map(Node::written).collect())
        .help("`#[service(provides = ..)]` on them, or lower `interface_coverage`")
        .into_text();
    Some(Fault { place: Place::Limit("interface_coverage"), text })
}

/// The dependencies on concrete types, if their share, in per cent, is above the limit.
pub(crate) fn max_coupling(graph: &Graph, at_most: usize) -> Option<Fault> {
    let counted =
        graph.dependencies().filter(|found| found.consumer.is_service() && is_on_a_service(graph, found.edge));
    let counted: Vec<_> = counted.collect();
    let concrete: Vec<String> = counted
        .iter()
        .filter(|found| found.edge.is_concrete())
        .map(|found| format!("`{}` asks for `{}` for `{}`", found.consumer.service, found.edge.key, found.edge.member))
        .collect();
    let share = percent(concrete.len(), counted.len())?;
    if share <= at_most {
        return None;
    }
    let headline = format!(
        "in `{}`, {} of {} dependencies name a concrete type: {share} %, and at most {at_most} % are wanted",
        graph.container,
        concrete.len(),
        counted.len()
    );
    let text = Message::new(Code::DI0010, headline)
        .list(Some("these do:"), concrete)
        .help("ask for `Arc<dyn ..>` there, or raise `max_coupling`")
        .into_text();
    Some(Fault { place: Place::Limit("max_coupling"), text })
}

/// Rounded down; of nothing, there is no share.
fn percent(part: usize, whole: usize) -> Option<usize> {
    (part * 100).checked_div(whole)
}

fn answers_an_interface(node: &Node) -> bool {
    node.group.is_some() || (!node.interfaces.is_empty() && node.answers_interfaces())
}

/// Whether a dependency is on a service, and not on a value, or on what a factory makes.
fn is_on_a_service(graph: &Graph, edge: &Edge) -> bool {
    let may_be_a_service = |target: &usize| {
        let is_value = |node: &Node| edge.is_concrete() && matches!(node.kind, Kind::Input | Kind::Inherited);
        graph.nodes.get(*target).is_some_and(|node| !is_value(node))
    };
    edge.wanted != Wanted::Factory
        && match &edge.target {
            Target::Node(target) | Target::Deferred(target) => may_be_a_service(target),
            Target::Typed(candidates) => candidates.iter().any(may_be_a_service),
            Target::Absent | Target::Missing => false,
        }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Registration;
    use crate::graph::samples::{edge, graph, lazy, node};

    #[test]
    fn services_without_an_interface_are_listed() {
        let graph = graph([
            node("clock", "SystemClock").provides("dyn IClock"),
            node("journal", "Journal"),
            node("member", "Member").with(|node| node.group = Some("dyn IMember".to_owned())),
            node("hidden", "Hidden").provides("dyn IHidden").registered(Registration::Concrete),
            node("name", "String").kind(Kind::Input),
        ]);
        let text = "[DI0010] in `App`, 2 of 4 services answer an interface: 50 %, and at least 95 % are wanted

    these do not:
    `journal: Journal`
    `hidden: Hidden`

  help: `#[service(provides = ..)]` on them, or lower `interface_coverage`
  see `di_core::diagnostics::DI0010`";
        let fault = Fault { place: Place::Limit("interface_coverage"), text: text.to_owned() };
        assert_eq!(interface_coverage(&graph, 95), Some(fault));
        assert_eq!(interface_coverage(&graph, 50), None);
    }

    #[test]
    fn dependencies_on_concrete_types_are_listed() {
        let graph = graph([
            node("clock", "SystemClock").provides("dyn IClock"),
            node("name", "String").kind(Kind::Input),
            node("journal", "Journal")
                .needs(edge("clock", "SystemClock").to(0))
                .needs(edge("name", "String").to(1))
                .needs(lazy("later", "dyn IClock").deferred(0))
                .needs(edge("typed", "Renamed").typed(&[0, 1]))
                .needs(edge("clocks", "SystemClock").wanted(Wanted::Factory).to(0))
                .needs(edge("none", "Tracer").target(Target::Absent)),
        ]);
        let text = "[DI0010] in `App`, 2 of 3 dependencies name a concrete type: 66 %, and at most 20 % are wanted

    these do:
    `Journal` asks for `SystemClock` for `clock`
    `Journal` asks for `Renamed` for `typed`

  help: ask for `Arc<dyn ..>` there, or raise `max_coupling`
  see `di_core::diagnostics::DI0010`";
        let fault = Fault { place: Place::Limit("max_coupling"), text: text.to_owned() };
        assert_eq!(max_coupling(&graph, 20), Some(fault));
        assert_eq!(max_coupling(&graph, 66), None);
    }

    #[test]
    fn of_nothing_there_is_no_share() {
        assert_eq!(interface_coverage(&graph([]), 100), None);
        assert_eq!(max_coupling(&graph([]), 0), None);
    }
}
