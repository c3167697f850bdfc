//! DI0003: two bindings for one key.

use std::collections::{HashMap, HashSet};

use super::fault::{Fault, Place};
use super::message::Message;
use crate::errors::Code;
use crate::graph::text::{bare, is_interface, spelling};
use crate::graph::{Edge, Graph, Kind, Node, Registration, Target};

/// The faults of a container, each with the nodes that answer one key; at the last of them.
pub(crate) struct Faults {
    /// As the container itself writes their keys.
    pub(crate) certain: Vec<(Vec<usize>, Fault)>,
    /// If all services mean the same by an interface's name. They write it where they are declared: `IClock` here and
    /// `IClock` there may be two. So only those of one place are compared; of others, the types decide, where somebody asks.
    pub(crate) likely: Vec<(Vec<usize>, Fault)>,
}

/// A fault for each set of nodes that answer one key.
pub(crate) fn faults(graph: &Graph) -> Faults {
    let with_fault = |doubled: Doubled<'_>| {
        let fault = doubled.fault(graph);
        (doubled.nodes, fault)
    };
    let (certain, likely): (Vec<_>, Vec<_>) = doubled(graph).into_iter().partition(|doubled| doubled.is_certain);
    Faults {
        certain: certain.into_iter().map(with_fault).collect(),
        likely: likely.into_iter().map(with_fault).collect(),
    }
}

/// The nodes that answer the key of a dependency, as it is written.
pub(crate) fn answering(graph: &Graph, edge: &Edge) -> Vec<usize> {
    let wanted = Key {
        text: spelling(&edge.key),
        qualifier: edge.qualifier.as_deref().map(spelling),
        place: Scope::of_container(graph),
    };
    let nodes = graph.nodes.iter().enumerate();
    nodes
        .filter(|(_, node)| answers_of(graph, node).iter().any(|answer| answer.key.is_spelt_like(&wanted)))
        .map(|(index, _)| index)
        .collect()
}

/// A key with all nodes that answer it.
struct Doubled<'a> {
    key: Key<'a>,
    /// The key's text, as the first of them writes it.
    written: String,
    nodes: Vec<usize>,
    /// Whether all of them write the key in one place.
    is_certain: bool,
}

impl Doubled<'_> {
    fn fault(&self, graph: &Graph) -> Fault {
        let how_many =
            if self.nodes.len() == 2 { "two bindings".to_owned() } else { format!("{} bindings", self.nodes.len()) };
        let (container, under) = (&graph.container, under(self.key.qualifier.as_deref()));
        let headline = format!("{how_many} in `{container}` answer `{}`{under}", self.written);
        let message = Message::new(Code::DI0003, headline).list(None, written(graph, &self.nodes));
        let message = with_ways_out(message, graph, &self.nodes, &self.written, self.key.qualifier.is_some());
        let message = if self.is_certain {
            message
        } else {
            let path = format!("path::to::{}", bare(&self.written));
            message
                .help(format!("if these are two interfaces of one name, provide one by its path: `provides = {path}`"))
        };
        let last = self.nodes.last().copied().unwrap_or_default();
        Fault { place: Place::Node(last), text: message.into_text() }
    }
}

/// The keys that several nodes answer, each set of nodes once: one type twice doubles each of its keys, and the first
/// speaks for all.
fn doubled(graph: &Graph) -> Vec<Doubled<'_>> {
    if are_called_apart(graph) {
        return Vec::new();
    }
    let mut positions: HashMap<Key<'_>, usize> = HashMap::new();
    let mut answered: Vec<Doubled<'_>> = Vec::new();
    for (index, node) in graph.nodes.iter().enumerate() {
        for Answer { key, written, is_certain } in answers_of(graph, node) {
            let position = *positions.entry(key.clone()).or_insert(answered.len());
            match answered.get_mut(position) {
                Some(known) => {
                    known.is_certain &= is_certain;
                    if !known.nodes.contains(&index) {
                        known.nodes.push(index);
                    }
                }
                None => answered.push(Doubled { key, written, nodes: vec![index], is_certain }),
            }
        }
    }
    let mut seen = HashSet::new();
    answered.retain(|answered| answered.nodes.len() > 1 && seen.insert(answered.nodes.clone()));
    answered
}

/// Whether no two nodes answer keys of one last name: then no two answer one key, and none has to be spelt out.
fn are_called_apart(graph: &Graph) -> bool {
    // What is made, or is a group, is a key of another form, so that the same name need not be the same key.
    let has_another_form =
        |node: &Node| node.is_many || matches!(node.kind, Kind::Transient | Kind::Scope | Kind::Group);
    graph.names.are_apart() && !graph.nodes.iter().any(has_another_form)
}

/// The message for a dependency that several of its candidates answer, as the types tell.
pub(crate) fn several(graph: &Graph, node: usize, edge: usize) -> String {
    let Some(asking) = graph.dependency(node, edge) else { return String::new() };
    let Target::Typed(candidates) = &asking.edge.target else { return String::new() };
    let Edge { key, member, qualifier, .. } = asking.edge;
    let how_many = if candidates.len() == 2 { "two bindings" } else { "more than one of these bindings" };
    let (container, under) = (&graph.container, under(qualifier.as_deref()));
    let verb = if candidates.len() == 2 { "answer" } else { "answers" };
    let message = Message::new(Code::DI0003, format!("{how_many} in `{container}` {verb} `{key}`{under}"));
    let message = message.list(None, written(graph, candidates));
    let message = message.paragraph(vec![format!("`{}` needs it for `{member}`", asking.consumer.label())]);
    with_ways_out(message, graph, candidates, key, qualifier.is_some()).into_text()
}

/// A fault for each interface that is declared absent, although something provides it.
pub(crate) fn absent(graph: &Graph, absent: &[String]) -> Vec<Fault> {
    let container = &graph.container;
    let faults = absent.iter().enumerate().filter_map(|(index, interface)| {
        let spelt = Key { text: spelling(interface), qualifier: None, place: Scope::of_container(graph) };
        let answers = |node: &&Node| answers_of(graph, node).iter().any(|answer| answer.key.is_spelt_like(&spelt));
        let providers: Vec<String> =
            graph.nodes.iter().filter(answers).map(|node| format!("{} does", binding(node))).collect();
        let text = provided_all_the_same(container, interface, providers)?;
        Some(Fault { place: Place::Absent(index), text })
    });
    faults.collect()
}

fn provided_all_the_same(container: &str, interface: &str, providers: Vec<String>) -> Option<String> {
    if providers.is_empty() {
        return None;
    }
    let headline = format!("`{container}` says that there is no `{interface}`, but something provides it");
    let message = Message::new(Code::DI0003, headline).list(None, providers);
    Some(message.help(format!("remove `#[absent({interface})]`")).into_text())
}

/// What a dependency asks for, in one spelling.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Key<'a> {
    text: String,
    qualifier: Option<String>,
    /// Where it is written.
    place: Scope<'a>,
}

impl Key<'_> {
    fn is_spelt_like(&self, other: &Self) -> bool {
        self.text == other.text && self.qualifier == other.qualifier
    }
}

/// In which scope a name is written, as far as one can see: the file, and the path from the container to the module.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Scope<'a> {
    file: Option<&'a str>,
    modules: &'a str,
}

impl<'a> Scope<'a> {
    fn of_container(graph: &'a Graph) -> Self {
        Self { file: graph.file.as_deref(), modules: "" }
    }

    fn of_service(node: &'a Node) -> Self {
        let path = node.service.split_once('<').map_or(node.service.as_str(), |(path, _)| path);
        let modules = path.rsplit_once("::").map_or("", |(modules, _)| modules);
        Self { file: node.file(), modules }
    }
}

/// A key that a node answers.
struct Answer<'a> {
    key: Key<'a>,
    written: String,
    /// Whether the container writes it, and not the service.
    is_certain: bool,
}

/// The keys that a node answers, those that the container writes first.
fn answers_of<'a>(graph: &'a Graph, node: &'a Node) -> Vec<Answer<'a>> {
    let qualifier = match node.kind {
        // The qualifier of what is inherited says how it is asked for.
        Kind::Inherited => None,
        _ => node.qualifier.as_deref().map(spelling),
    };
    let here = || Scope::of_container(graph);
    let plain = |written: String| Answer {
        key: Key { text: spelling(&written), qualifier: None, place: here() },
        written,
        is_certain: true,
    };
    let own = || Answer {
        key: Key { text: spelling(&node.service), qualifier: qualifier.clone(), place: here() },
        written: node.service.clone(),
        is_certain: true,
    };
    let interfaces = || {
        let interfaces = node.interfaces.iter().filter(|_| node.answers_interfaces());
        interfaces.map(|interface| Answer {
            key: Key { text: spelling(interface), qualifier: qualifier.clone(), place: Scope::of_service(node) },
            written: interface.clone(),
            is_certain: false,
        })
    };
    let concrete = || node.answers_concretely().then(own).into_iter();
    let made = || plain(format!("Factory<{}, ..>", node.service));
    let mut answers: Vec<Answer<'a>> = match node.kind {
        Kind::Singleton => concrete().chain(interfaces()).collect(),
        Kind::Transient if node.is_given() => concrete().chain([made()]).chain(interfaces()).collect(),
        Kind::Transient => vec![made()],
        // A container has one group of an interface, whatever the qualifier.
        Kind::Input | Kind::Inherited if node.is_many => vec![plain(format!("Many<{}>", node.service))],
        Kind::Input | Kind::Inherited => concrete().collect(),
        Kind::Module => interfaces().collect(),
        Kind::Group => vec![plain(format!("Many<{}>", node.field))],
        Kind::Scope => vec![made()],
        Kind::Unknown => Vec::new(),
    };
    // Two texts with `$crate` in them can be two types.
    let is_spelt_out = |text: &str| !text.contains('$');
    answers.retain(|answer| is_spelt_out(&answer.key.text) && answer.key.qualifier.as_deref().is_none_or(is_spelt_out));
    answers
}

fn under(qualifier: Option<&str>) -> String {
    qualifier.map(|qualifier| format!(" under the qualifier `{qualifier}`")).unwrap_or_default()
}

fn written(graph: &Graph, nodes: &[usize]) -> Vec<String> {
    nodes.iter().filter_map(|index| graph.nodes.get(*index)).map(binding).collect()
}

fn binding(node: &Node) -> String {
    match node.kind {
        Kind::Group => format!("the group of `{}`", node.field),
        _ if node.is_many => format!("`{}: Many<{}>`", node.field, node.service),
        _ => node.written(),
    }
}

/// Adds what can be done about the last of the nodes for which something can.
fn with_ways_out(message: Message, graph: &Graph, nodes: &[usize], key: &str, is_qualified: bool) -> Message {
    let last =
        |can: fn(&Node) -> bool| nodes.iter().rev().filter_map(|index| graph.nodes.get(*index)).find(|node| can(node));
    if let Some(way_out) = replace_the_other(graph, nodes) {
        return message.help(way_out);
    }
    let mut message = message.help("keep one");
    let is_instance = !key.starts_with("Factory<") && !key.starts_with("Many<");
    if is_instance && let Some(node) = last(can_be_qualified) {
        let qualifier = if is_qualified { "Other" } else { "Backup" };
        let on = match node.kind {
            Kind::Input => format!("`#[qualified({qualifier})]` on `{}`", node.field),
            Kind::Transient => format!("`#[transient] #[qualified({qualifier})] {}: {}`", node.field, node.service),
            _ => format!("`#[qualified({qualifier})] {}: {}`", node.field, node.service),
        };
        message =
            message.help(format!("tell them apart: {on}, and ask for it with `#[inject(qualified = {qualifier})]`"));
    }
    if is_interface(key)
        && let Some(node) = last(can_be_concrete)
    {
        let kind = if node.kind == Kind::Transient { "#[transient] " } else { "" };
        message = message.help(format!(
            "let one answer its concrete type alone: `{kind}#[register(concrete)] {}: {}`",
            node.field, node.service
        ));
    }
    if let Some(module) = last(|node| node.kind == Kind::Module) {
        message = message.help(format!("take `{}` out of `provides` of `{}`", bare(key), module.service));
    }
    message
}

/// The way out of an override, which has no fields of its own: what it adds takes the place of what it doubles.
fn replace_the_other(graph: &Graph, nodes: &[usize]) -> Option<String> {
    let nodes = || nodes.iter().filter_map(|index| graph.nodes.get(*index));
    let added = nodes().rev().find(|node| node.replaces.is_some())?;
    let other = nodes().find(|node| node.replaces.is_none())?;
    let by = match (&added.function, added.kind) {
        (Some(function), _) => format!("provide({function}) {}", added.service),
        (None, Kind::Input) => format!("input Arc<{}>", added.service),
        (None, _) => added.service.clone(),
    };
    Some(format!("replace the other one instead: `replace({} = {by})`", other.field))
}

fn can_be_qualified(node: &Node) -> bool {
    node.is_service() || node.kind == Kind::Input
}

fn can_be_concrete(node: &Node) -> bool {
    node.is_service() && node.registration == Registration::Dual
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::samples::{NodeBuilder, edge, graph, node};

    fn clock(field: &str, service: &str) -> NodeBuilder {
        node(field, service).provides("dyn IClock")
    }

    fn all(graph: &Graph) -> Vec<Fault> {
        let Faults { certain, likely } = faults(graph);
        certain.into_iter().chain(likely).map(|(_, fault)| fault).collect()
    }

    #[track_caller]
    fn check(nodes: impl IntoIterator<Item = NodeBuilder>, expected: &[(usize, &str)]) {
        let faults = all(&graph(nodes));
        let found: Vec<_> =
            faults.iter().map(|fault| (fault.place, fault.text.lines().next().unwrap_or_default())).collect();
        let expected: Vec<_> = expected.iter().map(|(node, headline)| (Place::Node(*node), *headline)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn two_services_of_one_interface_are_told_with_both_places() {
        let graph = graph([clock("system", "SystemClock"), clock("fake", "FakeClock")]);
        let text = "[DI0003] two bindings in `App` answer `dyn IClock`

    `system: SystemClock`
    `fake: FakeClock`

  help: keep one
  help: or tell them apart: `#[qualified(Backup)] fake: FakeClock`, and ask for it with `#[inject(qualified = Backup)]`
  help: or let one answer its concrete type alone: `#[register(concrete)] fake: FakeClock`
  help: or if these are two interfaces of one name, provide one by its path: `provides = path::to::IClock`
  see `di_core::diagnostics::DI0003`";
        assert_eq!(faults(&graph).likely, [(vec![0, 1], Fault { place: Place::Node(1), text: text.to_owned() })]);
        assert_eq!(faults(&graph).certain, []);
    }

    #[test]
    fn what_the_container_writes_is_certain() {
        let certain = |nodes: [NodeBuilder; 2]| {
            let graph = graph(nodes);
            (faults(&graph).certain.len(), faults(&graph).likely.len())
        };
        assert_eq!(certain([clock("a", "A"), clock("b", "A")]), (1, 0));
        assert_eq!(certain([node("a", "dyn I").kind(Kind::Input), node("b", "dyn I").kind(Kind::Inherited)]), (1, 0));
        assert_eq!(certain([node("a", "dyn IClock").kind(Kind::Input), clock("b", "B")]), (0, 1));
    }

    #[test]
    fn two_texts_may_be_two_keys() {
        check([node("a", "A").provides("dyn a::IClock"), node("b", "B").provides("dyn b::IClock")], &[]);
        check([node("a", "A").provides("dyn $crate::IClock"), node("b", "B").provides("dyn $crate::IClock")], &[]);
    }

    #[test]
    fn what_answers_other_keys_is_no_duplicate() {
        check([clock("a", "A"), clock("b", "B").registered(Registration::Concrete)], &[]);
        check([clock("a", "A"), clock("b", "B").registered(Registration::GroupOnly)], &[]);
        check([clock("a", "A"), clock("b", "B").qualified("Backup")], &[]);
        check([node("a", "A"), node("b", "A").registered(Registration::Interface)], &[]);
        check([clock("a", "A"), clock("b", "B").kind(Kind::Unknown)], &[]);
        check([node("scope", "Scope").kind(Kind::Scope), node("module", "Scope").kind(Kind::Module)], &[]);
    }

    #[test]
    fn one_type_twice_is_one_fault() {
        let headline = "[DI0003] two bindings in `App` answer `SystemClock`";
        check([clock("system", "SystemClock"), clock("another", "SystemClock")], &[(1, headline)]);
    }

    #[test]
    fn a_qualifier_is_part_of_the_key() {
        let nodes = || [clock("a", "A").qualified("Backup"), clock("b", "B").qualified("Backup")];
        check(nodes(), &[(1, "[DI0003] two bindings in `App` answer `dyn IClock` under the qualifier `Backup`")]);
        assert!(all(&graph(nodes()))[0].text.contains("tell them apart: `#[qualified(Other)] b: B`"));
    }

    #[test]
    fn whatever_the_caller_or_the_outside_supplies_answers_too() {
        let input = || node("given", "dyn IClock").kind(Kind::Input);
        let headline = "[DI0003] two bindings in `App` answer `dyn IClock`";
        check([clock("system", "SystemClock"), input()], &[(1, headline)]);
        check([input(), node("outer", "dyn IClock").kind(Kind::Inherited).qualified("Primary")], &[(1, headline)]);
        let group = node("dyn IClock", "").kind(Kind::Group);
        let clocks =
            node("clocks", "dyn IClock").kind(Kind::Input).qualified("Backup").with(|node| node.is_many = true);
        check([clocks, group], &[(1, "[DI0003] two bindings in `App` answer `Many<dyn IClock>`")]);
    }

    #[test]
    fn an_override_replaces_what_it_doubles() {
        let added = || clock("quiet", "FakeClock").with(|node| node.replaces = Some("Quiet".to_owned()));
        let text = &all(&graph([clock("system", "SystemClock"), added()]))[0].text;
        assert!(text.contains("\n\n  help: replace the other one instead: `replace(system = FakeClock)`\n"), "{text}");
        assert!(!text.contains("keep one"), "{text}");
        let text = &all(&graph([
            clock("a", "A"),
            clock("b", "B"),
            node("c", "C").with(|node| node.replaces = Some("D".to_owned())),
        ]))[0]
            .text;
        assert!(text.contains("keep one"), "{text}");
    }

    #[test]
    fn a_module_answers_what_it_exports() {
        let module = clock("time", "Time").kind(Kind::Module);
        let faults = all(&graph([clock("system", "SystemClock"), module]));
        assert!(faults[0].text.contains("\n  help: or take `IClock` out of `provides` of `Time`\n"));
    }

    #[test]
    fn a_factory_makes_one_type_in_one_way() {
        let ticket = |field: &str| node(field, "Ticket").kind(Kind::Transient);
        check(
            [ticket("a").qualified("A"), ticket("b")],
            &[(1, "[DI0003] two bindings in `App` answer `Factory<Ticket, ..>`")],
        );
        check([ticket("a"), ticket("b")], &[(1, "[DI0003] two bindings in `App` answer `Ticket`")]);
    }

    #[test]
    fn more_than_two_are_counted() {
        let clocks = (0..12).map(|number| clock(&format!("c{number}"), &format!("C{number}")));
        let text = &all(&graph(clocks))[0].text;
        assert!(text.starts_with("[DI0003] 12 bindings in `App` answer `dyn IClock`"), "{text}");
        assert!(text.contains("\n    `c9: C9`\n    and 2 others\n"), "{text}");
    }

    #[test]
    fn the_types_may_tell_that_several_answer() {
        let journal = node("journal", "Journal").needs(edge("clock", "dyn Time").typed(&[1, 2]));
        let text = "[DI0003] two bindings in `App` answer `dyn Time`

    `system: SystemClock`
    `fake: FakeClock`

    `Journal` needs it for `clock`

  help: keep one
  help: or tell them apart: `#[qualified(Backup)] fake: FakeClock`, and ask for it with `#[inject(qualified = Backup)]`
  help: or let one answer its concrete type alone: `#[register(concrete)] fake: FakeClock`
  see `di_core::diagnostics::DI0003`";
        let graph = graph([journal, node("system", "SystemClock"), node("fake", "FakeClock")]);
        assert_eq!(several(&graph, 0, 0), text);
    }
}
