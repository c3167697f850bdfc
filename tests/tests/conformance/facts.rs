//! Facts of the graph beside names and dependencies: who says how a field is registered, what is absent, what an override
//! replaces, what callers give, and where it all stands.

use std::sync::Arc;

use di_core::dependency::{Factory, Lazy};
use di_core::graph::Registration;
use di_core::{Container, container, interface, service};

#[interface]
trait IClock {
    fn now_ms(&self) -> u64;
}

#[interface]
trait IAudit {}

#[service(provides = IClock, concrete = deprecated)]
struct SystemClock;

impl IClock for SystemClock {
    fn now_ms(&self) -> u64 {
        1
    }
}

#[service(provides = IClock)]
struct FakeClock;

impl IClock for FakeClock {
    fn now_ms(&self) -> u64 {
        2
    }
}

#[service]
struct Journal {
    _audit: Option<Arc<dyn IAudit>>,
}

#[service]
struct Ticket {
    #[arg]
    quantity: u32,
    journal: Lazy<Journal>,
}

/// A name under which the text does not tell what it is.
type AnyClock = dyn IClock;

#[service]
struct Desk {
    clock: Arc<AnyClock>,
    tickets: Factory<Ticket, (u32,)>,
}

#[container(register = interface)]
#[absent(dyn IAudit)]
struct App {
    #[entry]
    #[register(concrete)]
    desk: Desk,
    clock: SystemClock,
    #[register(dual)]
    journal: Journal,
    #[transient]
    ticket: Ticket,
}

#[service]
struct Draft {
    journal: Lazy<Journal>,
}

#[container]
#[absent(dyn IAudit)]
struct OnDemand {
    journal: Journal,
    #[transient]
    draft: Draft,
}

#[container(from = App, replace(clock = FakeClock))]
struct TestApp;

#[test]
fn the_graph_tells_who_says_how_a_field_is_registered() {
    let graph = App::GRAPH;
    let said: Vec<bool> = graph.nodes.iter().map(|node| node.is_registered_itself).collect();
    assert_eq!(graph.register, Registration::Interface);
    assert_eq!(said, [true, false, true, false]);
}

#[test]
fn the_graph_tells_what_is_absent_and_what_is_on_its_way_out() {
    let deprecated: Vec<bool> = App::GRAPH.nodes.iter().map(|node| node.is_deprecated).collect();
    assert_eq!(App::GRAPH.absent, ["dyn IAudit"]);
    assert_eq!(deprecated, [false, true, false, false]);
}

#[test]
fn the_graph_tells_what_an_override_replaces() {
    let replaced = |graph: di_core::graph::Graph| graph.nodes.iter().map(|node| node.replaces).collect::<Vec<_>>();
    assert_eq!(replaced(App::GRAPH), [None; 4]);
    assert_eq!(replaced(TestApp::GRAPH), [None, Some("SystemClock"), None, None]);
    let app = TestApp::build(TestAppInputs {});
    assert_eq!(app.shared::<Desk>().clock.now_ms(), 2);
}

#[test]
fn the_graph_tells_which_transients_only_a_factory_makes() {
    let with_args: Vec<bool> = App::GRAPH.nodes.iter().map(|node| node.has_args).collect();
    assert_eq!(with_args, [false, false, false, true]);
}

#[test]
fn an_alias_of_an_interface_is_no_coupling() {
    let clock = App::GRAPH.nodes[0].edges[0];
    assert_eq!((clock.key, clock.is_concrete()), ("AnyClock", false));
}

#[test]
fn the_graph_tells_where_fields_and_services_stand() {
    let graph = App::GRAPH;
    let source = include_str!("facts.rs");
    let line = |text: &str| source.lines().position(|line| line.trim() == text).unwrap() as u32 + 1;
    for (node, (field, service)) in [
        ("desk: Desk,", "struct Desk {"),
        ("clock: SystemClock,", "struct SystemClock;"),
        ("journal: Journal,", "struct Journal {"),
        ("ticket: Ticket,", "struct Ticket {"),
    ]
    .into_iter()
    .enumerate()
    {
        let (field_at, service_at) = (graph.field_place(node).unwrap(), graph.service_place(node).unwrap());
        assert!(field_at.file.ends_with("facts.rs") && service_at.file == field_at.file, "{field_at} {service_at}");
        assert_eq!((field_at.line, service_at.line), (line(field), line(service)), "{field_at} {service_at}");
    }
    assert_eq!(graph.field_place(4), None);
    // What an override puts there stands where it stands.
    assert_eq!(TestApp::GRAPH.service_place(1).unwrap().line, line("struct FakeClock;"));
}

#[test]
fn a_transient_may_ask_for_something_later() {
    let app = App::build(AppInputs {});
    let ticket = app.shared::<Desk>().tickets.make((7,));
    assert_eq!(ticket.quantity, 7);
    assert!(Arc::ptr_eq(&ticket.journal.get().unwrap(), &app.shared::<Journal>()));
    // A transient without arguments, which the container itself makes, asks in the same way.
    let app = OnDemand::build(OnDemandInputs {});
    let report = app.shared::<Draft>();
    assert!(Arc::ptr_eq(&report.journal.get().unwrap(), &app.shared::<Journal>()));
}
