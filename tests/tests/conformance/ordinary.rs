//! Ordinary Rust: what compiles without the framework compiles with it.

use std::sync::{Arc, Mutex};

use di_core::dependency::{Factory, Many};
use di_core::{Container, Provides, container, interface, service};

trait Database: Send + Sync + 'static {
    type Connection: Send + Sync + 'static;
}

struct Sqlite;

impl Database for Sqlite {
    type Connection = u32;
}

#[service]
struct Repository<D: Database> {
    connection: Arc<D::Connection>,
    same: Arc<<D as Database>::Connection>,
}

struct Migration<D: Database> {
    connection: Arc<D::Connection>,
}

#[service]
impl<D: Database> Migration<D> {
    #[constructor]
    fn new(connection: Arc<<D as Database>::Connection>) -> Self {
        Self { connection }
    }
}

#[container]
struct Generic {
    #[input]
    connection: u32,
    repository: Repository<Sqlite>,
    migration: Migration<Sqlite>,
}

#[test]
fn a_dependency_may_be_an_associated_type_of_a_parameter() {
    let app = Generic::build(GenericInputs { connection: 9 });
    let repository: &Repository<Sqlite> = app.get();
    assert!(Arc::ptr_eq(&repository.connection, &repository.same));
    assert!(Arc::ptr_eq(&repository.connection, &app.get::<Migration<Sqlite>>().connection));
}

mod private_parts {
    use super::{Arc, container, interface, service};

    #[interface]
    trait ISecret {
        fn secret(&self) -> u32;
    }

    #[service(provides = ISecret)]
    struct Secret;

    impl ISecret for Secret {
        fn secret(&self) -> u32 {
            1
        }
    }

    #[service]
    pub(super) struct Half {
        _secret: Arc<Secret>,
    }

    #[service]
    pub(super) struct Whole {
        secret: Arc<dyn ISecret>,
        _half: Arc<Half>,
    }

    impl Whole {
        pub(super) fn read(&self) -> u32 {
            self.secret.secret()
        }
    }

    #[container]
    pub(super) struct Parts {
        secret: Secret,
        half: Half,
        whole: Whole,
    }
}

#[test]
fn a_public_service_may_depend_on_private_ones() {
    use private_parts::{Parts, PartsInputs, Whole};

    assert_eq!(Parts::build(PartsInputs {}).get::<Whole>().read(), 1);
}

#[interface]
trait Parser<'a> {
    fn first(&self, text: &'a str) -> &'a str;
}

#[service(provides = [for<'a> Parser<'a>, ICount + Send + Sync])]
struct Words;

impl<'a> Parser<'a> for Words {
    fn first(&self, text: &'a str) -> &'a str {
        text.split(' ').next().unwrap_or_default()
    }
}

#[interface]
trait ICount {
    fn count(&self, text: &str) -> usize;
}

impl ICount for Words {
    fn count(&self, text: &str) -> usize {
        text.split(' ').count()
    }
}

#[service]
struct Reader {
    parser: Arc<dyn for<'text> Parser<'text>>,
    count: Arc<dyn ICount + Send + Sync>,
}

#[container]
struct Parsing {
    words: Words,
    reader: Reader,
}

#[test]
fn an_interface_may_have_a_lifetime_and_bounds_of_its_own() {
    let app = Parsing::build(ParsingInputs {});
    let reader: &Reader = app.get();
    assert_eq!((reader.parser.first("buy low"), reader.count.count("buy low")), ("buy", 2));
}

const BYBIT: &str = "bybit";

#[interface]
trait IVenue {
    fn name(&self) -> &'static str;
}

#[service(provides = IVenue)]
struct Venue {
    #[inject(key)]
    name: &'static str,
}

impl IVenue for Venue {
    fn name(&self) -> &'static str {
        self.name
    }
}

#[service(provides = IVenue)]
struct Other;

impl IVenue for Other {
    fn name(&self) -> &'static str {
        "other"
    }
}

#[service]
struct Router {
    venues: Many<dyn IVenue>,
}

#[container]
struct Venues {
    #[many(dyn IVenue, key = BYBIT)]
    bybit: Venue,
    #[many(dyn IVenue, key = stringify!(other))]
    other: Other,
    router: Router,
}

#[test]
fn a_key_in_a_group_may_be_any_constant() {
    let app = Venues::build(VenuesInputs {});
    let venues = &app.get::<Router>().venues;
    assert_eq!(venues.by_key("bybit").map(|venue| venue.name()), Some("bybit"));
    assert_eq!(venues.by_key("other").map(|venue| venue.name()), Some("other"));
    let keys: Vec<_> = Venues::GRAPH.nodes.iter().filter_map(|node| node.key).collect();
    assert_eq!(keys, ["bybit", "other"]);
}

#[service]
struct Pool {
    #[inject(default)]
    open: Mutex<u32>,
}

#[service]
struct Ping {
    pool: Arc<Pool>,
}

#[container(provides = [Pool, Ping])]
struct Storage {
    pool: Pool,
    ping: Ping,
}

#[service]
struct Accounts {
    pool: Arc<Pool>,
}

#[container(provides = [Accounts])]
struct Bank {
    #[inherit]
    pool: Arc<Pool>,
    accounts: Accounts,
}

#[container]
struct Siblings {
    #[module]
    storage: Storage,
    #[module]
    bank: Bank,
}

#[test]
fn a_module_exports_concrete_types_to_its_siblings_and_to_the_container() {
    fn pool_of<C: Provides<Pool>>(container: &C) -> Arc<Pool> {
        container.shared()
    }
    let app = Siblings::build(SiblingsInputs {});
    let pool = app.shared::<Pool>();
    *pool.open.lock().expect("nobody panicked") = 3;
    assert!(Arc::ptr_eq(&pool, &app.get::<Accounts>().pool));
    assert!(Arc::ptr_eq(&pool, &app.get::<Ping>().pool));
    assert_eq!(*pool_of(&Storage::build(StorageInputs {})).open.lock().expect("nobody panicked"), 0);
}

#[container(provides = [Pool, Accounts])]
struct Backend {
    #[module]
    storage: Storage,
    #[module]
    bank: Bank,
}

#[service]
struct Audit {
    pool: Arc<Pool>,
    accounts: Arc<Accounts>,
}

#[container]
struct Nested {
    audit: Audit,
    #[module]
    backend: Backend,
}

#[test]
fn a_module_passes_on_concrete_types_of_the_modules_inside() {
    let app = Nested::build(NestedInputs {});
    let audit: &Audit = app.get();
    assert!(Arc::ptr_eq(&audit.pool, &app.shared::<Pool>()));
    assert!(Arc::ptr_eq(&audit.accounts, &app.shared::<Accounts>()));
    assert!(Arc::ptr_eq(&audit.pool, &audit.accounts.pool));
}

#[test]
fn what_a_container_passes_on_it_lends_to_generic_code() {
    fn pool_of<C: Provides<Pool>>(container: &C) -> (&Pool, Arc<Pool>) {
        (container.get(), container.shared())
    }
    let backend = Backend::build(BackendInputs {});
    let (borrowed, shared) = pool_of(&backend);
    assert!(std::ptr::eq(borrowed, &*shared));
    assert!(Arc::ptr_eq(&shared, &backend.shared::<Accounts>().pool));
}

type Shared = Arc<dyn IVenue>;
type Maybe = Option<Arc<Pool>>;

#[service]
struct Aliased {
    shared: Shared,
    spelt_out: Arc<dyn IVenue>,
    maybe: Maybe,
}

#[container]
struct Aliases {
    #[input]
    shared: Shared,
    #[input]
    maybe: Maybe,
    aliased: Aliased,
}

#[test]
fn what_the_caller_supplies_may_be_an_arc_under_an_alias() {
    let shared: Shared = Arc::new(Other);
    let app = Aliases::build(AliasesInputs { shared: Arc::clone(&shared), maybe: None });
    let aliased: &Aliased = app.get();
    assert!(Arc::ptr_eq(&shared, &aliased.shared) && Arc::ptr_eq(&shared, &aliased.spelt_out));
    assert!(aliased.maybe.is_none());
}

#[service]
struct Request {
    pool: Arc<Pool>,
}

#[container]
struct RequestScope {
    #[inherit]
    pool: Arc<Pool>,
    request: Request,
}

#[service]
struct Server {
    with: Factory<RequestScope, (RequestScopeInputs,)>,
    without: Factory<RequestScope>,
}

#[container]
struct Web {
    pool: Pool,
    #[scope]
    request: RequestScope,
    server: Server,
}

#[test]
fn a_scope_without_inputs_is_opened_with_and_without_them() {
    let app = Web::build(WebInputs {});
    let server: &Server = app.get();
    let (with, without) = (server.with.make((RequestScopeInputs {},)), server.without.make(()));
    assert!(Arc::ptr_eq(&with.get::<Request>().pool, &without.get::<Request>().pool));
}

#[service]
struct Branch {
    pool: Arc<Pool>,
    second: Arc<Ping>,
    grow: Factory<Self, (u32,)>,
    #[arg]
    depth: u32,
}

#[service]
struct Root {
    pool: Arc<Pool>,
    grow: Factory<Branch, (u32,)>,
}

#[container]
struct Tree {
    pool: Pool,
    ping: Ping,
    #[transient]
    branch: Branch,
    root: Root,
}

#[test]
fn a_transient_with_other_dependencies_may_make_more_of_its_kind() {
    let app = Tree::build(TreeInputs {});
    let root: &Root = app.get();
    let branch = root.grow.make((0,));
    let next = branch.grow.make((branch.depth + 1,));
    assert_eq!(next.depth, 1);
    assert!(Arc::ptr_eq(&root.pool, &next.pool) && Arc::ptr_eq(&next.second.pool, &next.pool));
}

mod one {
    use super::{interface, service};

    #[interface]
    pub(super) trait IClock {
        fn one(&self) -> u32;
    }

    #[service(provides = IClock)]
    pub(super) struct Clock;

    impl IClock for Clock {
        fn one(&self) -> u32 {
            1
        }
    }
}

mod two {
    use super::{interface, service};

    #[interface]
    pub(super) trait IClock {
        fn two(&self) -> u32;
    }

    #[service(provides = IClock)]
    pub(super) struct Clock;

    impl IClock for Clock {
        fn two(&self) -> u32 {
            2
        }
    }
}

#[container]
struct Clocks {
    one: one::Clock,
    two: two::Clock,
}

#[test]
fn two_interfaces_of_one_name_may_stand_side_by_side_and_nobody_need_ask() {
    let app = Clocks::build(ClocksInputs {});
    assert_eq!(app.get::<dyn one::IClock>().one() + app.get::<dyn two::IClock>().two(), 3);
}
