//! Dependencies that only types find: renamed imports, aliases, associated types, two interfaces of one name.

use std::io::Error;
use std::ptr::addr_eq;
use std::sync::Arc;

use di_core::dependency::{Factory, Many};
use di_core::graph::Target;
use di_core::{Container, container, interface, service};

use api::IClock as Time;

mod api {
    use std::sync::Arc;

    #[di_core::interface]
    pub(super) trait IClock {}

    pub(super) type DynClock = dyn IClock;
    pub(super) type ClockRef = Arc<dyn IClock>;
    pub(super) type MaybeClock = Option<Arc<dyn IClock>>;

    /// By its own name, as this module has it.
    #[di_core::service]
    pub(super) struct Reader {
        pub(super) clock: Arc<dyn IClock>,
    }
}

/// An interface of the same name, which is another one.
mod market {
    use std::sync::Arc;

    #[di_core::interface]
    pub(super) trait IClock {}

    #[di_core::service(provides = IClock)]
    pub(super) struct Session;

    impl IClock for Session {}

    #[di_core::service]
    pub(super) struct Reader {
        pub(super) clock: Arc<dyn IClock>,
    }
}

#[service(provides = api::IClock)]
struct SystemClock;

impl api::IClock for SystemClock {}

/// The field whose instance is given for a dependency, as the graph says.
fn answers<C: Container>(field: &str, member: &str) -> &'static str {
    let graph = C::GRAPH;
    let node = graph.nodes.iter().find(|node| node.field == field).expect("a field of the container");
    let edge = node.edges.iter().find(|edge| edge.member == member).expect("a dependency of the service");
    match edge.target {
        Target::Node(node) | Target::Deferred(node) => graph.nodes[node].field,
        Target::Absent => "absent",
        Target::Missing => "missing",
    }
}

#[track_caller]
fn same<A: ?Sized, B: ?Sized>(one: &Arc<A>, other: &Arc<B>) {
    assert!(addr_eq(Arc::as_ptr(one), Arc::as_ptr(other)));
}

macro_rules! shared {
    ($key:ty) => { Arc<$key> };
}

macro_rules! clock {
    () => {
        Arc<dyn api::IClock>
    };
}

#[service]
struct Renamed {
    time: Arc<dyn Time>,
}

#[service]
struct Aliases {
    object: Arc<api::DynClock>,
    whole: api::ClockRef,
    service: Arc<Clockwork>,
}

type Clockwork = SystemClock;

#[service]
struct FromMacros {
    renamed: shared!(dyn Time),
    own: clock!(),
}

#[container]
struct OneClock {
    renamed: Renamed,
    aliases: Aliases,
    from_macros: FromMacros,
    clock: SystemClock,
}

#[test]
fn an_interface_may_be_asked_for_under_a_renamed_import() {
    let app = OneClock::build(OneClockInputs {});
    same(&app.renamed.time, &app.clock);
    assert_eq!(answers::<OneClock>("renamed", "time"), "clock");
    assert!(addr_eq(app.get::<dyn Time>(), Arc::as_ptr(&app.clock)));
}

#[test]
fn an_alias_of_an_object_of_a_dependency_or_of_a_service_is_seen_through() {
    let app = OneClock::build(OneClockInputs {});
    same(&app.aliases.object, &app.clock);
    same(&app.aliases.whole, &app.clock);
    same(&app.aliases.service, &app.clock);
    for member in ["object", "whole", "service"] {
        assert_eq!(answers::<OneClock>("aliases", member), "clock");
    }
    assert!(addr_eq(app.get::<api::DynClock>(), Arc::as_ptr(&app.clock)));
}

#[test]
fn a_dependency_may_be_written_by_a_macro() {
    let app = OneClock::build(OneClockInputs {});
    same(&app.from_macros.renamed, &app.clock);
    same(&app.from_macros.own, &app.clock);
    assert_eq!(answers::<OneClock>("from_macros", "renamed"), "clock");
    assert_eq!(answers::<OneClock>("from_macros", "own"), "clock");
}

trait Database: Send + Sync + 'static {
    type Connection: Send + Sync + 'static;
    type Clock: ?Sized + Send + Sync + 'static;
}

struct Sqlite;

#[service]
struct SqliteConnection;

impl Database for Sqlite {
    type Connection = SqliteConnection;
    type Clock = dyn api::IClock;
}

#[service]
struct Repository<D: Database> {
    connection: Arc<D::Connection>,
    clock: Arc<D::Clock>,
    maybe: Option<Arc<<D as Database>::Connection>>,
}

#[container]
struct Repositories {
    sqlite: Repository<Sqlite>,
    connection: SqliteConnection,
    clock: SystemClock,
}

#[test]
fn an_associated_type_of_a_parameter_is_a_key() {
    let app = Repositories::build(RepositoriesInputs {});
    same(&app.sqlite.connection, &app.connection);
    same(app.sqlite.maybe.as_ref().expect("it is there"), &app.connection);
    same(&app.sqlite.clock, &app.clock);
    assert_eq!(answers::<Repositories>("sqlite", "connection"), "connection");
    assert_eq!(answers::<Repositories>("sqlite", "maybe"), "connection");
    assert_eq!(answers::<Repositories>("sqlite", "clock"), "clock");
}

#[service]
struct BothClocks {
    system: Arc<dyn api::IClock>,
    session: Arc<dyn market::IClock>,
    renamed: Arc<dyn Time>,
}

#[container]
struct TwoClocks {
    both: BothClocks,
    of_api: api::Reader,
    of_market: market::Reader,
    session: market::Session,
    system: SystemClock,
}

#[test]
fn two_interfaces_of_one_name_each_reach_those_who_ask_for_them() {
    let app = TwoClocks::build(TwoClocksInputs {});
    same(&app.both.system, &app.system);
    same(&app.both.session, &app.session);
    same(&app.both.renamed, &app.system);
    same(&app.of_api.clock, &app.system);
    same(&app.of_market.clock, &app.session);
    assert_eq!(answers::<TwoClocks>("both", "system"), "system");
    assert_eq!(answers::<TwoClocks>("both", "session"), "session");
    assert_eq!(answers::<TwoClocks>("of_api", "clock"), "system");
    assert_eq!(answers::<TwoClocks>("of_market", "clock"), "session");
    assert!(addr_eq(app.get::<dyn market::IClock>(), Arc::as_ptr(&app.session)));
}

#[container(provides = [Time])]
struct Clocks {
    clock: SystemClock,
}

#[container]
struct WithModule {
    reader: api::Reader,
    renamed: Renamed,
    #[module]
    clocks: Clocks,
}

#[test]
fn a_module_exports_an_interface_under_whatever_name_it_has_there() {
    let app = WithModule::build(WithModuleInputs {});
    same(&app.reader.clock, &app.clocks.clock);
    same(&app.renamed.time, &app.clocks.clock);
    assert_eq!(answers::<WithModule>("reader", "clock"), "clocks");
    assert_eq!(answers::<WithModule>("renamed", "time"), "clocks");
}

#[service]
struct Maybe {
    renamed: Option<Arc<dyn Time>>,
    object: Option<Arc<api::DynClock>>,
    whole: api::MaybeClock,
}

#[container]
struct Optional {
    maybe: Maybe,
    clock: SystemClock,
}

#[test]
fn what_may_be_absent_is_found_under_another_name_if_it_is_there() {
    let app = Optional::build(OptionalInputs {});
    for (member, given) in [("renamed", &app.maybe.renamed), ("object", &app.maybe.object), ("whole", &app.maybe.whole)]
    {
        same(given.as_ref().expect("it is there"), &app.clock);
        assert_eq!(answers::<Optional>("maybe", member), "clock");
    }
}

type Port = u16;

#[service]
struct Server {
    port: Arc<Port>,
    clock: Arc<dyn Time>,
}

#[container]
struct Supplied {
    server: Server,
    reader: api::Reader,
    #[input]
    port: u16,
    #[input]
    clock: Arc<dyn api::IClock>,
}

#[test]
fn an_input_answers_whatever_its_type_is_called() {
    let clock: api::ClockRef = Arc::new(SystemClock);
    let app = Supplied::build(SuppliedInputs { port: 80, clock: Arc::clone(&clock) });
    same(&app.server.port, &app.port);
    same(&app.server.clock, &clock);
    same(&app.reader.clock, &clock);
    assert_eq!(answers::<Supplied>("server", "port"), "port");
    assert_eq!(answers::<Supplied>("server", "clock"), "clock");
    assert_eq!(answers::<Supplied>("reader", "clock"), "clock");
}

#[service]
struct Cached<T: ?Sized + Send + Sync + 'static> {
    inner: Arc<T>,
}

#[service]
struct Caches {
    of_interface: Arc<Cached<dyn api::IClock>>,
    of_service: Arc<Cached<Clockwork>>,
}

#[container]
struct Generic {
    caches: Caches,
    of_interface: Cached<dyn Time>,
    of_service: Cached<SystemClock>,
    clock: SystemClock,
}

#[test]
fn the_arguments_of_a_generic_service_may_have_other_names() {
    let app = Generic::build(GenericInputs {});
    same(&app.caches.of_interface, &app.of_interface);
    same(&app.caches.of_service, &app.of_service);
    same(&app.of_interface.inner, &app.clock);
    same(&app.of_service.inner, &app.clock);
    assert_eq!(answers::<Generic>("caches", "of_interface"), "of_interface");
    assert_eq!(answers::<Generic>("caches", "of_service"), "of_service");
    assert_eq!(answers::<Generic>("of_interface", "inner"), "clock");
}

#[service]
struct Request {
    time: Arc<dyn Time>,
}

#[service]
struct Handler {
    request: Arc<Request>,
    requests: Factory<Request>,
}

#[container]
struct Session {
    #[inherit]
    time: Arc<dyn Time>,
    reader: api::Reader,
}

#[container]
struct OnDemand {
    handler: Handler,
    #[transient]
    request: Request,
    #[scope]
    session: Session,
    clock: SystemClock,
}

#[test]
fn what_is_made_on_demand_is_given_the_same() {
    let app = OnDemand::build(OnDemandInputs {});
    same(&app.handler.request.time, &app.clock);
    same(&app.handler.requests.make(()).time, &app.clock);
    same(&app.shared::<Request>().time, &app.clock);
    let session = app.session(SessionInputs {});
    same(&session.time, &app.clock);
    same(&session.reader.clock, &app.clock);
    assert_eq!(answers::<OnDemand>("request", "time"), "clock");
    assert_eq!(answers::<OnDemand>("session", "time"), "clock");
}

#[interface]
trait IChannel {
    fn time(&self) -> &Arc<dyn Time>;
}

use IChannel as Channel;

#[service(provides = Channel)]
struct Mail {
    time: Arc<dyn Time>,
}

impl IChannel for Mail {
    fn time(&self) -> &Arc<dyn Time> {
        &self.time
    }
}

#[service]
struct Alerts {
    channels: Many<dyn IChannel>,
}

#[container]
struct Grouped {
    alerts: Alerts,
    #[many(dyn IChannel, key = "mail")]
    mail: Mail,
    clock: SystemClock,
}

#[test]
fn a_member_of_a_group_may_know_its_interfaces_under_other_names() {
    let app = Grouped::build(GroupedInputs {});
    let mail = app.alerts.channels.by_key("mail").expect("it is a member");
    same(mail.time(), &app.clock);
    assert_eq!(answers::<Grouped>("mail", "time"), "clock");
    assert_eq!(app.many::<dyn Channel>().len(), 1);
}

struct Connected {
    clock: Arc<dyn Time>,
    repository: Arc<Repository<Sqlite>>,
}

#[service]
impl Connected {
    #[constructor]
    async fn connect(clock: Arc<dyn Time>, repository: Arc<Repository<Sqlite>>) -> Result<Self, Error> {
        tokio::task::yield_now().await;
        Ok(Self { clock, repository })
    }
}

struct Pool;

#[service(provides = market::IClock)]
impl Pool {
    #[constructor]
    async fn open() -> Self {
        tokio::task::yield_now().await;
        Self
    }
}

impl market::IClock for Pool {}

type DynSession = dyn market::IClock;

#[service]
struct AfterPool {
    session: Arc<DynSession>,
    maybe: Option<Arc<DynSession>>,
}

#[container]
struct Live {
    connected: Connected,
    after: AfterPool,
    sqlite: Repository<Sqlite>,
    both: BothClocks,
    connection: SqliteConnection,
    pool: Pool,
    clock: SystemClock,
}

#[tokio::test]
async fn in_an_async_build_the_types_decide_as_well() {
    let app = Live::build(LiveInputs {}).await.expect("nothing fails");
    same(&app.connected.clock, &app.clock);
    same(&app.connected.repository, &app.sqlite);
    same(&app.sqlite.connection, &app.connection);
    same(&app.after.session, &app.pool);
    same(app.after.maybe.as_ref().expect("it is there"), &app.pool);
    same(&app.both.system, &app.clock);
    same(&app.both.session, &app.pool);
    assert_eq!(answers::<Live>("connected", "clock"), "clock");
    assert_eq!(answers::<Live>("after", "session"), "pool");
    assert_eq!(answers::<Live>("both", "system"), "clock");
    assert_eq!(answers::<Live>("both", "session"), "pool");
}

/// A transient that is one of two providers of interfaces of one name.
#[service(provides = api::IClock)]
struct Stopwatch {
    _started: Arc<Started>,
}

impl api::IClock for Stopwatch {}

#[service]
struct Started;

#[service]
struct Race {
    clock: Arc<dyn api::IClock>,
    again: Option<Arc<dyn api::IClock>>,
    #[arg]
    laps: u32,
}

#[service]
struct Season {
    clock: Arc<dyn api::IClock>,
    session: Arc<dyn market::IClock>,
    races: Factory<Race, (u32,)>,
}

#[container]
struct Racing {
    season: Season,
    #[transient]
    stopwatch: Stopwatch,
    #[transient]
    race: Race,
    session: market::Session,
    started: Started,
}

#[test]
fn the_types_may_choose_a_transient_which_is_new_for_each_who_asks() {
    let app = Racing::build(RacingInputs {});
    same(&app.season.session, &app.session);
    let (one, other) = (app.season.races.make((1,)), app.season.races.make((2,)));
    assert!(!addr_eq(Arc::as_ptr(&one.clock), Arc::as_ptr(&other.clock)));
    assert!(one.again.is_some() && one.laps == 1);
    assert!(!addr_eq(Arc::as_ptr(&one.clock), Arc::as_ptr(&app.season.clock)));
    assert_eq!(answers::<Racing>("season", "clock"), "stopwatch");
    assert_eq!(answers::<Racing>("season", "session"), "session");
}

struct Opened;

#[service]
impl Opened {
    #[constructor]
    async fn open() -> Self {
        Self
    }
}

/// A transient of that kind that needs what is awaited.
#[service(provides = api::IClock)]
struct LateWatch {
    _opened: Arc<Opened>,
}

impl api::IClock for LateWatch {}

#[service]
struct LateSeason {
    clock: Arc<dyn api::IClock>,
    session: Arc<dyn market::IClock>,
}

#[container]
struct LateRacing {
    season: LateSeason,
    #[transient]
    watch: LateWatch,
    session: market::Session,
    opened: Opened,
}

#[tokio::test]
async fn in_an_async_build_a_transient_that_the_types_choose_may_need_what_is_awaited() {
    let app = LateRacing::build(LateRacingInputs {}).await;
    same(&app.season.session, &app.session);
    assert_eq!(Arc::strong_count(&app.season.clock), 1, "it is its own");
    assert_eq!(answers::<LateRacing>("season", "clock"), "watch");
}
