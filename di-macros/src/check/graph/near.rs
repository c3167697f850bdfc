//! Near misses: nodes that come close to a key that nothing answers.

use crate::graph::text::{alike, bare, is_interface, name, same_option};
use crate::graph::{Edge, Graph, Kind, Node, Registration, Wanted};

/// A line for each node that nearly answers what a node lacks.
pub(super) fn misses(graph: &Graph, consumer: &Node, lacking: &Edge) -> Vec<String> {
    graph.nodes.iter().filter_map(|node| miss(node, consumer, lacking)).collect()
}

/// The line of a module that has the key, but keeps it to itself.
pub(super) fn not_exported(module: &Node, key: &str) -> String {
    let export = bare(key);
    format!(
        "{} has it, but does not export it: add `{export}` to `provides` of `#[container(..)]` there",
        module.written()
    )
}

/// The line of what an override has in place of a service that may have answered.
fn stands_in(node: &Node, lacking: &Edge) -> Option<String> {
    let (replaced, key) = (node.replaces.as_ref()?, &lacking.key);
    let (written, own) = (node.written(), &node.service);
    Some(match (node.kind, is_interface(key)) {
        (Kind::Unknown, _) => return None,
        (_, true) => format!(
            "{written} stands in for `{replaced}`, and does not provide it: `#[service(provides = {})]` on `{own}` says that it does",
            bare(key)
        ),
        (_, false) => format!("{written} stands in for `{replaced}`"),
    })
}

/// The line of a box of what is asked for.
fn boxed(node: &Node, key: &str) -> Option<String> {
    let held = node
        .service
        .strip_suffix('>')?
        .rsplit_once("Box<")
        .filter(|(path, _)| path.is_empty() || path.ends_with(':'))?
        .1;
    if !alike(held, key) {
        return None;
    }
    let (written, field) = (node.written(), &node.field);
    match (&node.function, node.kind) {
        (Some(function), _) => Some(format!(
            "{written} holds one: return `Arc<{held}>` from `fn {}`, and list it as `#[provide({function})] {field}: {held}`",
            name(function).unwrap_or(function)
        )),
        (None, Kind::Input) => {
            Some(format!("{written} holds one: let the caller supply `#[input] {field}: Arc<{held}>`"))
        }
        _ => None,
    }
}

fn miss(node: &Node, consumer: &Node, lacking: &Edge) -> Option<String> {
    let Edge { key, wanted, .. } = lacking;
    let written = node.written();
    if node.kind == Kind::Unknown && is_interface(key) {
        return Some(format!("{written} is not a service (DI0005), so that it provides nothing"));
    }
    if !node.names(key) {
        let has_it = node.kind == Kind::Module && node.has_part(key);
        return if has_it {
            Some(not_exported(node, key))
        } else {
            boxed(node, key).or_else(|| stands_in(node, lacking))
        };
    }
    if node.kind == Kind::Group {
        return (*wanted != Wanted::Many).then(|| format!("it is a group here: ask for `Many<{key}>`"));
    }
    if node.registration == Registration::GroupOnly {
        // It is in the group, which stands under no qualifier.
        return (*wanted != Wanted::Many).then(|| {
            format!("{written} is a member of a group and answers nothing else: `#[register(dual)]` changes that")
        });
    }
    Some(match (&node.qualifier, &lacking.qualifier) {
        (None, Some(qualifier)) => {
            format!(
                "{written} answers without a qualifier: write `#[qualified({qualifier})]` on it, or ask without one"
            )
        }
        (Some(own), asked) if !same_option(Some(own), asked.as_deref()) => {
            format!("{written} answers under a qualifier: ask with `#[inject(qualified = {own})]`")
        }
        _ => format!("{written} {}", other_form(node, consumer, lacking)),
    })
}

/// What the node answers instead, where neither a group nor a qualifier keeps it from answering.
fn other_form(node: &Node, consumer: &Node, lacking: &Edge) -> String {
    let Edge { key, wanted, .. } = lacking;
    let service = &node.service;
    match (node.kind, node.registration) {
        (Kind::Transient, _) if *wanted == Wanted::Factory => {
            "is made from other arguments: a `Factory` names the types of its `#[arg]`s in their order, as a tuple"
                .to_owned()
        }
        (Kind::Scope, _) => format!("is made from its inputs: ask for `Factory<{service}, ({service}Inputs,)>`"),
        (Kind::Transient, _) if *wanted == Wanted::Lazy => {
            format!("is a transient, of which there is no instance to find later: ask for `{}`", factory(node))
        }
        // A factory cannot be inherited.
        (Kind::Transient, _) if matches!(consumer.kind, Kind::Module | Kind::Scope) => format!(
            "is made only by a factory, so that it cannot be inherited: list it in `{}`: `#[transient] {}: {service}`",
            consumer.service, node.field
        ),
        (Kind::Transient, _) => format!("is made only by a factory: ask for `{}`", factory(node)),
        (_, Registration::Concrete) if is_interface(key) => {
            "is registered `concrete`: `#[register(dual)]` answers the interface, too".to_owned()
        }
        (_, Registration::Interface) if !is_interface(key) => match node.interfaces.first() {
            Some(interface) => format!("is registered `interface`: ask for `{}`", wanted.of(interface)),
            None => "is registered `interface`: ask for an interface".to_owned(),
        },
        _ if *wanted == Wanted::Many => format!("is no member: `#[many({key})]` makes it one"),
        _ => match node.interfaces.iter().find(|interface| alike(interface, key)) {
            Some(interface) if interface.contains('+') != key.contains('+') => format!(
                "provides `{interface}`, which is another type: ask for `{}`; an interface is `Send` and `Sync` already",
                wanted.of(interface)
            ),
            _ => "looks like it, but is another type of that name".to_owned(),
        },
    }
}

/// The factory of a transient, as its consumer asks for it.
fn factory(node: &Node) -> String {
    let service = &node.service;
    match node.arg_types.as_slice() {
        [] => format!("Factory<{service}>"),
        [one] => format!("Factory<{service}, ({one},)>"),
        several => format!("Factory<{service}, ({})>", several.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::samples::{self, NodeBuilder, edge, graph, lazy, node};

    #[test]
    fn a_box_is_near_to_what_it_holds() {
        let clock = node("clock", "Box<dyn IClock>").with(|node| node.kind = Kind::Input);
        check(
            clock,
            edge("clock", "dyn IClock"),
            &["`clock: Box<dyn IClock>` holds one: let the caller supply `#[input] clock: Arc<dyn IClock>`"],
        );
        let made = node("clock", "std::boxed::Box<dyn IClock>").with(|node| node.function = Some("open".to_owned()));
        check(
            made,
            edge("clock", "dyn IClock"),
            &[
                "`clock: std::boxed::Box<dyn IClock>` holds one: return `Arc<dyn IClock>` from `fn open`, and list it as `#[provide(open)] clock: dyn IClock`",
            ],
        );
        check(node("clock", "Box<dyn ILog>").with(|node| node.kind = Kind::Input), edge("clock", "dyn IClock"), &[]);
    }

    #[track_caller]
    fn check(node: NodeBuilder, lacking: samples::EdgeBuilder, expected: &[&str]) {
        let consumer = samples::node("consumer", "Consumer").into_node();
        assert_eq!(misses(&graph([node]), &consumer, &lacking.into_edge()), expected);
    }

    fn clock() -> NodeBuilder {
        node("clock", "SystemClock").provides("dyn IClock")
    }

    #[test]
    fn what_has_another_name_is_not_near() {
        check(clock(), edge("tracer", "dyn ITracer"), &[]);
        check(node("time", "Time").kind(Kind::Module).part("clock", "Clock"), edge("tracer", "Tracer"), &[]);
    }

    #[test]
    fn a_module_that_keeps_it_to_itself_is_near() {
        let module = node("time", "Time").kind(Kind::Module).part("clock", "a::Clock");
        let line = "`time: Time` has it, but does not export it: add `Clock` to `provides` of `#[container(..)]` there";
        check(module, edge("clock", "Clock"), &[line]);
    }

    #[test]
    fn a_field_that_is_not_a_service_may_have_been_meant() {
        let line = "`clock: Quartz` is not a service (DI0005), so that it provides nothing";
        check(node("clock", "Quartz").kind(Kind::Unknown), edge("clock", "dyn IClock"), &[line]);
        check(node("clock", "Quartz").kind(Kind::Unknown), edge("clock", "Clock"), &[]);
    }

    #[test]
    fn a_group_and_its_members_answer_only_as_a_group() {
        let group = || node("dyn IClock", "").kind(Kind::Group);
        check(group(), edge("clock", "dyn IClock"), &["it is a group here: ask for `Many<dyn IClock>`"]);
        check(group(), edge("clocks", "dyn IClock").wanted(Wanted::Many), &[]);
        let line =
            "`clock: SystemClock` is a member of a group and answers nothing else: `#[register(dual)]` changes that";
        check(clock().registered(Registration::GroupOnly), edge("clock", "dyn IClock"), &[line]);
        let line = "`clock: SystemClock` is no member: `#[many(dyn IClock)]` makes it one";
        check(clock(), edge("clocks", "dyn IClock").wanted(Wanted::Many), &[line]);
    }

    #[test]
    fn another_qualifier_is_near() {
        let line =
            "`clock: SystemClock` answers without a qualifier: write `#[qualified(Primary)]` on it, or ask without one";
        check(clock(), edge("clock", "dyn IClock").qualified("Primary"), &[line]);
        let line = "`clock: SystemClock` answers under a qualifier: ask with `#[inject(qualified = Primary)]`";
        check(clock().qualified("Primary"), edge("clock", "dyn IClock"), &[line]);
        check(clock().qualified("Primary"), edge("clock", "dyn IClock").qualified("Backup"), &[line]);
    }

    #[test]
    fn what_is_made_on_demand_is_near() {
        let ticket = || node("ticket", "Ticket").kind(Kind::Transient);
        let line = "`ticket: Ticket` is made only by a factory: ask for `Factory<Ticket>`";
        check(ticket(), edge("ticket", "Ticket"), &[line]);
        let line =
            "`ticket: Ticket` is a transient, of which there is no instance to find later: ask for `Factory<Ticket>`";
        check(ticket(), lazy("ticket", "Ticket"), &[line]);
        let line = "`ticket: Ticket` is made only by a factory: ask for `Factory<Ticket, (u32,)>`";
        check(ticket().with(|node| node.arg_types.push("u32".to_owned())), edge("ticket", "Ticket"), &[line]);
        let line = "`ticket: Ticket` is made from other arguments: a `Factory` names the types of its `#[arg]`s in their order, as a tuple";
        check(ticket(), edge("tickets", "Ticket").wanted(Wanted::Factory), &[line]);
        let line = "`symbol: Scope` is made from its inputs: ask for `Factory<Scope, (ScopeInputs,)>`";
        check(node("symbol", "Scope").kind(Kind::Scope), edge("scopes", "Scope").wanted(Wanted::Factory), &[line]);
    }

    #[test]
    fn another_registration_is_near() {
        let line = "`clock: SystemClock` is registered `concrete`: `#[register(dual)]` answers the interface, too";
        check(clock().registered(Registration::Concrete), edge("clock", "dyn IClock"), &[line]);
        let line = "`clock: SystemClock` is registered `interface`: ask for `Lazy<dyn IClock>`";
        check(clock().registered(Registration::Interface), lazy("clock", "SystemClock"), &[line]);
    }

    #[test]
    fn another_type_of_that_name_is_near() {
        let line = "`clock: SystemClock` looks like it, but is another type of that name";
        check(clock(), edge("clock", "dyn other::IClock"), &[line]);
    }
}
