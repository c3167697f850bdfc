//! DI0001, and where it is a group DI0009, or a key that no longer answers DI0014: nothing answers a dependency.

use super::captive;
use super::fault::{Fault, Place};
use super::message::Message;
use super::near;
use crate::errors::Code;
use crate::graph::text::{alike, bare, compatible, holds, is_interface, name, resembles, same, same_option};
use crate::graph::{Dependency, Edge, Graph, Kind, Node, Registration, Target, Wanted};

/// A fault for each key that nothing answers, whatever the types say, at its first consumer. Of those that are `told` of
/// already, nothing is said again.
pub(crate) fn faults(graph: &Graph, told: impl Fn(&Edge) -> bool) -> Vec<Fault> {
    let mut lacking: Vec<Dependency<'_>> = Vec::new();
    for dependency in graph.dependencies() {
        let Edge { key, wanted, target, .. } = dependency.edge;
        if *target == Target::Missing
            && *wanted != Wanted::Unknown
            && !told(dependency.edge)
            && !is_listed_without_service(graph, key)
            && !lacking.iter().any(|earlier| is_same_fault(earlier.edge, dependency.edge))
        {
            lacking.push(dependency);
        }
    }
    let faults = lacking.into_iter();
    faults.map(|lacking| Fault { place: Place::Node(lacking.node), text: message(graph, lacking) }).collect()
}

/// The whole message for one dependency, as if nothing answered it.
pub(crate) fn text(graph: &Graph, node: usize, edge: usize) -> String {
    graph.dependency(node, edge).map(|lacking| message(graph, lacking)).unwrap_or_default()
}

/// The message for a dependency that only a module could answer, which does not export the key.
pub(crate) fn not_exported(graph: &Graph, node: usize, edge: usize, module: usize) -> String {
    let Some(lacking) = graph.dependency(node, edge) else { return String::new() };
    // What a module inherits it cannot export.
    let near = graph.nodes.get(module).filter(|_| module != lacking.node);
    let near = near.map(|module| near::not_exported(module, &lacking.edge.key));
    with_ways_out(nothing_provides(graph, lacking).near(near), graph, lacking.edge).into_text()
}

fn message(graph: &Graph, lacking: Dependency<'_>) -> String {
    let Edge { key, wanted, qualifier, .. } = lacking.edge;
    let container = &graph.container;
    let message = match (wanted, qualifier) {
        (Wanted::Many, Some(qualifier)) => {
            Message::new(Code::DI0009, format!("`{container}` has no group `{key}` under the qualifier `{qualifier}`"))
        }
        (Wanted::Many, None) => Message::new(Code::DI0009, format!("`{container}` has no member of the group `{key}`")),
        (Wanted::Factory, Some(qualifier)) if is_made(graph, key) => Message::new(
            Code::DI0001,
            format!("`{container}` makes `{key}`, but not under the qualifier `{qualifier}`"),
        ),
        (Wanted::Factory, None) if is_made(graph, key) => {
            Message::new(Code::DI0001, format!("`{container}` makes `{key}`, but not from what is asked for here"))
        }
        (Wanted::Factory, _) => {
            Message::new(Code::DI0001, format!("`{container}` does not say that `{key}` is made on demand"))
        }
        (Wanted::One | Wanted::Optional | Wanted::Lazy | Wanted::Unknown, _) => {
            if let Some(node) = registered_by_interface(graph, key) {
                return ask_by_interface(graph, lacking, node).into_text();
            }
            if let Some(scope) = graph.nodes.iter().find(|node| node.kind == Kind::Scope && node.has_part(key)) {
                return captive::message(graph, lacking, scope).into_text();
            }
            return with_ways_out(with_near(nothing_provides(graph, lacking), graph, lacking), graph, lacking.edge)
                .into_text();
        }
    };
    with_ways_out(with_near(with_consumers(message, graph, lacking), graph, lacking), graph, lacking.edge).into_text()
}

fn nothing_provides(graph: &Graph, lacking: Dependency<'_>) -> Message {
    let Edge { key, qualifier, .. } = lacking.edge;
    let under = qualifier.as_ref().map(|qualifier| format!(" under the qualifier `{qualifier}`")).unwrap_or_default();
    let headline = format!("nothing in `{}` provides `{key}`{under}", graph.container);
    with_consumers(Message::new(Code::DI0001, headline), graph, lacking)
}

/// Adds who needs the key, and who asked for the first of them, from the container's field down.
pub(super) fn with_consumers(message: Message, graph: &Graph, lacking: Dependency<'_>) -> Message {
    let is_consumer = |other: &Dependency<'_>| {
        let is_own = (other.node, other.index) == (lacking.node, lacking.index);
        is_own || (may_lack(other.edge) && is_same_fault(other.edge, lacking.edge))
    };
    let consumers = graph.dependencies().filter(is_consumer);
    let consumers = consumers
        .map(|consumer| format!("`{}` needs it for `{}`", consumer.consumer.label(), consumer.edge.member))
        .collect();
    let path = graph.path_to(lacking.node);
    let path = path.iter().rev().filter_map(|index| graph.nodes.get(*index));
    let path: Vec<String> = path.map(|node| format!("`{}`", node.label())).collect();
    let asked_for_by = (path.len() > 1).then(|| format!("asked for by {}", path.join(" -> ")));
    message.list(None, consumers).paragraph(Vec::from_iter(asked_for_by))
}

fn with_near(message: Message, graph: &Graph, lacking: Dependency<'_>) -> Message {
    message.near(near::misses(graph, lacking.consumer, lacking.edge))
}

/// Adds the ways out that hold whatever else is in the container.
fn with_ways_out(message: Message, graph: &Graph, lacking: &Edge) -> Message {
    let Edge { key, wanted, .. } = lacking;
    let container = &graph.container;
    match wanted {
        Wanted::Many if lacking.qualifier.is_some() => {
            message.help("ask without the qualifier: the members of a group stand under none".to_owned())
        }
        Wanted::Many => message
            .help(format!("add a member: `#[many({key})] name: Service`"))
            .help(format!("say that there is none: `#[empty({key})]` on `{container}`")),
        Wanted::Factory if is_made(graph, key) => message,
        Wanted::Factory => message
            .help(format!("list it in `{container}`: `#[transient] name: {key}`, or `#[scope]` if it is a container")),
        Wanted::Unknown => message
            .help(format!("if `{key}` is an alias, ask for what it stands for, as in `{}: Arc<..>`", lacking.member))
            .help(format!("let the caller supply it: `#[input] name: {key}`")),
        // A transient is listed: what is missing is an instance to find later, or one that needs no factory.
        Wanted::Lazy if is_made(graph, key) => message,
        _ if is_made_by_a_factory_alone(graph, key) => message,
        Wanted::One | Wanted::Optional | Wanted::Lazy => {
            if let Some(replaced) = replaced(graph, key) {
                return with_replacements(message, replaced, key);
            }
            let qualified = lacking.qualifier.as_ref().map(|qualifier| format!("#[qualified({qualifier})] "));
            let qualified = qualified.unwrap_or_default();
            let listed = if is_of_std(key) {
                format!(
                    "let a function make it: `#[service] fn make_name() -> {key}`, listed as `#[provide(make_name)] {qualified}name: {key}`"
                )
            } else if is_interface(key) {
                let interface = bare(key);
                let under =
                    if qualified.is_empty() { String::new() } else { format!(", under `{}`", qualified.trim()) };
                format!("list a service annotated with `#[service(provides = {interface})]` in `{container}`{under}")
            } else {
                format!("list it in `{container}`: `{qualified}name: {key}`")
            };
            let supplied = format!("let the caller supply it: `#[input] {qualified}name: Arc<{key}>`");
            let message = message.help(listed).help(supplied);
            // What somebody provides without the qualifier is not absent.
            let may_be_absent =
                || qualified.is_empty() || !graph.nodes.iter().any(|node| node.is_service() && node.names(key));
            if *wanted == Wanted::Optional && may_be_absent() {
                message.help(format!("say that there is none: `#[absent({key})]` on `{container}`"))
            } else {
                message
            }
        }
    }
}

/// Types of the standard library, which are no services.
const OF_STD: [&str; 13] = [
    "Mutex", "RwLock", "OnceLock", "Vec", "VecDeque", "HashMap", "HashSet", "BTreeMap", "BTreeSet", "Box", "String",
    "PathBuf", "Duration",
];

fn is_of_std(key: &str) -> bool {
    !is_interface(key) && name(key).is_some_and(|name| OF_STD.contains(&name))
}

/// What an override put in place of something that may have answered: of several, the one whose name comes nearest.
fn replaced<'a>(graph: &'a Graph, key: &str) -> Option<&'a Node> {
    let mut replaced = graph.nodes.iter().filter_map(|node| Some((node, node.replaces.as_deref()?))).peekable();
    let first = replaced.peek().map(|(node, _)| *node);
    replaced.find(|(_, before)| resembles(before, key) || alike(before, key)).map(|(node, _)| node).or(first)
}

/// Adds the ways out of an override, which has no fields of its own.
fn with_replacements(message: Message, replaced: &Node, key: &str) -> Message {
    let field = &replaced.field;
    let message = if is_interface(key) {
        let annotated = format!("`#[service(provides = {})]`", bare(key));
        message.help(format!("replace it with a service annotated with {annotated}: `replace({field} = Service)`"))
    } else {
        message
    };
    message.help(format!("let the caller supply it: `replace({field} = input Arc<{key}>)`"))
}

/// DI0014: the ways out where the concrete type no longer answers.
fn ask_by_interface(graph: &Graph, lacking: Dependency<'_>, node: &Node) -> Message {
    let Edge { key, wanted, .. } = lacking.edge;
    let headline = format!("`{key}` answers only its interfaces in `{}`", graph.container);
    let mut message = with_consumers(Message::new(Code::DI0014, headline), graph, lacking);
    for interface in &node.interfaces {
        message = message.help(format!("ask for `{}`", wanted.of(interface)));
    }
    message.help(format!("let both keys answer for a while: `#[register(dual)] {}: {}`", node.field, node.service))
}

/// Whether a field that is not a service would answer, if it were one: that is the fault to report (DI0005). What it
/// would provide beside its own type is not known; the names tell.
pub(crate) fn is_listed_without_service(graph: &Graph, key: &str) -> bool {
    let mut unknown = graph.nodes.iter().filter(|node| node.kind == Kind::Unknown);
    unknown.any(|node| {
        alike(&node.service, key) && !is_interface(key) || holds(&node.service, key) || resembles(&node.service, key)
    })
}

/// Whether a declared transient or scope is of that type.
fn is_made(graph: &Graph, key: &str) -> bool {
    let mut made = graph.nodes.iter().filter(|node| matches!(node.kind, Kind::Transient | Kind::Scope));
    made.any(|node| alike(&node.service, key))
}

/// Whether a declared transient of that type cannot be given as an instance.
fn is_made_by_a_factory_alone(graph: &Graph, key: &str) -> bool {
    graph.nodes.iter().any(|node| !node.is_given() && alike(&node.service, key))
}

/// A service of that concrete type that answers only its interfaces.
fn registered_by_interface<'a>(graph: &'a Graph, key: &str) -> Option<&'a Node> {
    graph.nodes.iter().find(|node| {
        node.registration == Registration::Interface
            && !node.interfaces.is_empty()
            && !is_interface(key)
            && alike(&node.service, key)
            && compatible(&node.service, key)
    })
}

/// Whether nothing answers, or the types decide whether something does.
fn may_lack(edge: &Edge) -> bool {
    matches!(edge.target, Target::Missing | Target::Typed(_))
}

/// Whether two dependencies lack the same: one key, as a group, on demand, or as an instance.
fn is_same_fault(left: &Edge, right: &Edge) -> bool {
    let form = |edge: &Edge| match edge.wanted {
        Wanted::Many => Wanted::Many,
        Wanted::Factory => Wanted::Factory,
        Wanted::One | Wanted::Optional | Wanted::Lazy | Wanted::Unknown => Wanted::One,
    };
    form(left) == form(right)
        && same(&left.key, &right.key)
        && same_option(left.qualifier.as_deref(), right.qualifier.as_deref())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::samples::{NodeBuilder, edge, graph, lazy, node};

    fn faults(graph: &Graph) -> Vec<Fault> {
        super::faults(graph, |_| false)
    }

    fn journal() -> NodeBuilder {
        node("journal", "Journal").needs(edge("clock", "dyn IClock"))
    }

    #[track_caller]
    fn check(nodes: impl IntoIterator<Item = NodeBuilder>, expected: &[(usize, &str)]) {
        let faults = faults(&graph(nodes));
        let expected: Vec<Fault> =
            expected.iter().map(|(node, text)| Fault { place: Place::Node(*node), text: (*text).to_owned() }).collect();
        assert_eq!(faults, expected);
    }

    const NO_CLOCK: &str = "[DI0001] nothing in `App` provides `dyn IClock`

    `Journal` needs it for `clock`

  help: list a service annotated with `#[service(provides = IClock)]` in `App`
  help: or let the caller supply it: `#[input] name: Arc<dyn IClock>`
  see `di_core::diagnostics::DI0001`";

    #[test]
    fn what_nothing_answers_is_missing() {
        check([journal()], &[(0, NO_CLOCK)]);
        check([node("journal", "Journal").needs(lazy("clock", "dyn IClock"))], &[(0, NO_CLOCK)]);
        check([node("clock", "Clock"), node("journal", "Journal").needs(edge("clock", "Clock").to(0))], &[]);
    }

    #[test]
    fn the_text_of_a_typed_edge_is_as_if_nothing_answered_it() {
        let graph = graph([
            node("journal", "Journal").needs(edge("clock", "dyn IClock").typed(&[1])),
            node("tracer", "Tracer").provides("dyn ITracer"),
        ]);
        assert_eq!(faults(&graph), []);
        assert_eq!(text(&graph, 0, 0), NO_CLOCK);
        assert_eq!(text(&graph, 0, 1), "");
    }

    #[test]
    fn a_key_is_one_fault_however_many_need_it() {
        let market = node("market", "Market").needs(edge("now", "dyn  IClock")).needs(edge("tracer", "Tracer"));
        let clock = "[DI0001] nothing in `App` provides `dyn IClock`

    `Journal` needs it for `clock`
    `Market` needs it for `now`

  help: list a service annotated with `#[service(provides = IClock)]` in `App`
  help: or let the caller supply it: `#[input] name: Arc<dyn IClock>`
  see `di_core::diagnostics::DI0001`";
        let tracer = "[DI0001] nothing in `App` provides `Tracer`

    `Market` needs it for `tracer`

  help: list it in `App`: `name: Tracer`
  help: or let the caller supply it: `#[input] name: Arc<Tracer>`
  see `di_core::diagnostics::DI0001`";
        check([journal(), market], &[(0, clock), (1, tracer)]);
    }

    #[test]
    fn consumers_under_another_qualifier_lack_another_key() {
        let primary = node("market", "Market").needs(edge("clock", "dyn IClock").qualified("Primary"));
        let faults = faults(&graph([journal(), primary]));
        assert_eq!(faults.len(), 2);
        assert!(faults[1].text.starts_with(
            "[DI0001] nothing in `App` provides `dyn IClock` under the qualifier `Primary`\n\n    `Market` needs it for `clock`\n\n"
        ));
    }

    #[test]
    fn ten_consumers_are_listed() {
        let consumers = (0..12).map(|number| node("journal", &format!("J{number}")).needs(edge("clock", "Clock")));
        let text = &faults(&graph(consumers))[0].text;
        assert!(text.contains("\n    `J9` needs it for `clock`\n    and 2 others\n\n"), "{text}");
    }

    #[test]
    fn who_asked_for_the_consumer_is_named_from_the_top() {
        let nodes = [
            node("desk", "Desk").needs(edge("market", "Market").to(1)),
            node("market", "Market").needs(edge("journal", "Journal").to(2)),
            journal(),
        ];
        let text = &faults(&graph(nodes))[0].text;
        assert!(text.contains("\n\n    asked for by `Desk` -> `Market` -> `Journal`\n\n  help: "), "{text}");
    }

    #[test]
    fn an_optional_may_be_declared_absent() {
        let text = text(&graph([node("j", "J").needs(edge("clock", "Clock").wanted(Wanted::Optional))]), 0, 0);
        assert!(text.contains("\n  help: or say that there is none: `#[absent(Clock)]` on `App`\n"), "{text}");
    }

    #[test]
    fn an_override_has_no_fields_of_its_own() {
        let fake = |field: &str, before: &str| node(field, "Fake").with(|node| node.replaces = Some(before.to_owned()));
        let of = |key: &str| {
            text(&graph([node("j", "J").needs(edge("x", key)), fake("log", "Log"), fake("clock", "SystemClock")]), 0, 0)
        };
        let interface = "\n  help: replace it with a service annotated with `#[service(provides = IClock)]`: `replace(clock = Service)`\n  help: or let the caller supply it: `replace(clock = input Arc<dyn IClock>)`\n  see ";
        assert!(of("dyn IClock").contains(interface), "{}", of("dyn IClock"));
        let concrete = "\n  help: let the caller supply it: `replace(clock = input Arc<SystemClock>)`\n  see ";
        assert!(of("SystemClock").contains(concrete), "{}", of("SystemClock"));
    }

    #[test]
    fn a_group_without_members_is_missing() {
        let text = "[DI0009] `App` has no member of the group `dyn IClock`

    `Clocks` needs it for `all`

  help: add a member: `#[many(dyn IClock)] name: Service`
  help: or say that there is none: `#[empty(dyn IClock)]` on `App`
  see `di_core::diagnostics::DI0009`";
        check([node("clocks", "Clocks").needs(edge("all", "dyn IClock").wanted(Wanted::Many))], &[(0, text)]);
    }

    #[test]
    fn what_is_made_on_demand_must_be_listed_so() {
        let desk = || node("desk", "Desk").needs(edge("tickets", "Ticket").wanted(Wanted::Factory));
        let unlisted = "[DI0001] `App` does not say that `Ticket` is made on demand

    `Desk` needs it for `tickets`

  help: list it in `App`: `#[transient] name: Ticket`, or `#[scope]` if it is a container
  see `di_core::diagnostics::DI0001`";
        check([desk()], &[(0, unlisted)]);
        let other = "[DI0001] `App` makes `Ticket`, but not from what is asked for here

    `Desk` needs it for `tickets`

  near: `ticket: Ticket` is made from other arguments: a `Factory` names the types of its `#[arg]`s in their order, as a tuple
  see `di_core::diagnostics::DI0001`";
        check([desk(), node("ticket", "Ticket").kind(Kind::Transient)], &[(0, other)]);
    }

    #[test]
    fn what_answers_only_its_interfaces_is_asked_for_by_one() {
        let text = "[DI0014] `SystemClock` answers only its interfaces in `App`

    `Journal` needs it for `clock`

  help: ask for `Arc<dyn IClock>`
  help: or let both keys answer for a while: `#[register(dual)] clock: SystemClock`
  see `di_core::diagnostics::DI0014`";
        let clock = node("clock", "SystemClock").provides("dyn IClock").registered(Registration::Interface);
        check([node("journal", "Journal").needs(edge("clock", "SystemClock")), clock], &[(0, text)]);
    }

    #[test]
    fn what_a_scope_has_is_captive() {
        let scope = node("symbol", "SymbolScope").kind(Kind::Scope).part("book", "Book");
        let text = text(&graph([node("desk", "Desk").needs(edge("book", "Book")), scope]), 0, 0);
        assert!(text.starts_with("[DI0004] `Desk` outlives `Book`, which exists only in the scope `SymbolScope`\n"));
    }

    #[test]
    fn a_module_that_has_it_is_named() {
        let graph = graph([journal(), node("time", "Time").kind(Kind::Module)]);
        let near = "`clock`\n\n  near: `time: Time` has it, but does not export it: add `IClock` to `provides` of `#[container(..)]` there\n  help: list ";
        let text = not_exported(&graph, 0, 0, 1);
        assert!(
            text.starts_with("[DI0001] nothing in `App` provides `dyn IClock`\n\n") && text.contains(near),
            "{text}"
        );
    }

    #[test]
    fn what_is_listed_and_not_a_service_is_the_fault_to_report() {
        check([journal(), node("clock", "FakeClock").kind(Kind::Unknown)], &[]);
        check([journal(), node("clock", "Arc<dyn IClock>").kind(Kind::Unknown)], &[]);
        assert_eq!(faults(&graph([journal(), node("clock", "Quartz").kind(Kind::Unknown)])).len(), 1);
    }
}
