//! Scopes: what is the same within one, and what across them.

use std::sync::Arc;

use di_core::dependency::Factory;
use di_core::{container, interface, service};

use crate::Log;

#[interface]
trait IRoot {
    fn id(&self) -> u32;
}

#[service(provides = IRoot)]
struct Root {
    #[inject(default)]
    id: u32,
}

impl IRoot for Root {
    fn id(&self) -> u32 {
        self.id
    }
}

#[service]
struct Book {
    symbol: Arc<String>,
    root: Arc<dyn IRoot>,
}

#[service]
struct Quote {
    book: Arc<Book>,
    #[inject(default)]
    _size: u64,
}

#[container]
struct SymbolScope {
    #[inherit]
    root: Arc<dyn IRoot>,
    #[input]
    symbol: String,
    book: Book,
    quote: Quote,
}

#[service]
struct Opener {
    symbols: Factory<SymbolScope, (SymbolScopeInputs,)>,
}

#[container]
struct App {
    root: Root,
    opener: Opener,
    #[scope]
    symbol: SymbolScope,
}

fn inputs(symbol: &str) -> SymbolScopeInputs {
    SymbolScopeInputs { symbol: symbol.to_owned() }
}

#[test]
fn a_scoped_service_is_the_same_within_its_scope_and_another_in_the_next() {
    let app = App::build(AppInputs {});
    let (btc, eth) = (app.symbol(inputs("BTC")), app.symbol(inputs("ETH")));
    assert!(Arc::ptr_eq(&btc.shared::<Book>(), &btc.shared::<Book>()));
    assert!(Arc::ptr_eq(&btc.get::<Quote>().book, &btc.shared()));
    assert!(!Arc::ptr_eq(&btc.shared::<Book>(), &eth.shared::<Book>()));
    assert_eq!((btc.get::<Book>().symbol.as_str(), eth.get::<Book>().symbol.as_str()), ("BTC", "ETH"));
}

#[test]
fn a_singleton_that_is_asked_for_through_a_scope_is_the_roots() {
    let app = App::build(AppInputs {});
    let btc = app.symbol(inputs("BTC"));
    let root = app.shared::<dyn IRoot>();
    assert!(Arc::ptr_eq(&btc.shared::<dyn IRoot>(), &root));
    assert!(Arc::ptr_eq(&btc.get::<Book>().root, &root));
}

#[test]
fn a_singleton_survives_the_scopes_that_used_it() {
    let app = App::build(AppInputs {});
    let holders = Arc::strong_count(&app.shared::<Root>());
    let btc = app.symbol(inputs("BTC"));
    let book = Arc::downgrade(&btc.shared::<Book>());
    drop(btc);
    assert!(book.upgrade().is_none());
    assert_eq!(Arc::strong_count(&app.shared::<Root>()), holders);
    assert_eq!(app.get::<dyn IRoot>().id(), 0);
}

#[test]
fn a_scope_survives_the_container_that_made_it() {
    let app = App::build(AppInputs {});
    let btc = app.symbol(inputs("BTC"));
    drop(app);
    assert_eq!(btc.get::<Book>().root.id(), 0);
}

#[test]
fn a_scope_factory_inside_a_singleton_makes_scopes_of_the_same_root() {
    let app = App::build(AppInputs {});
    let opener: &Opener = app.get();
    let (one, two) = (opener.symbols.make((inputs("BTC"),)), opener.symbols.make((inputs("BTC"),)));
    assert!(!Arc::ptr_eq(&one.shared::<Book>(), &two.shared::<Book>()));
    assert!(Arc::ptr_eq(&one.shared::<dyn IRoot>(), &two.shared::<dyn IRoot>()));
}

#[service]
struct Order {
    book: Arc<Book>,
    session: Arc<Session>,
}

#[service]
struct Session {
    root: Arc<Root>,
    #[inject(default)]
    _orders: u32,
}

#[container]
struct OrderScope {
    #[inherit]
    session: Arc<Session>,
    #[inherit]
    root: Arc<dyn IRoot>,
    #[input]
    symbol: String,
    book: Book,
    order: Order,
}

#[container]
struct SessionScope {
    #[inherit]
    root: Arc<Root>,
    #[inherit]
    as_interface: Arc<dyn IRoot>,
    session: Session,
    #[scope]
    order: OrderScope,
}

#[container]
struct Nested {
    root: Root,
    #[scope]
    session: SessionScope,
}

#[test]
fn nested_scopes_share_what_is_around_them_and_nothing_else() {
    let app = Nested::build(NestedInputs {});
    let (one, two) = (app.session(SessionScopeInputs {}), app.session(SessionScopeInputs {}));
    let order = |session: &SessionScope, symbol: &str| session.order(OrderScopeInputs { symbol: symbol.to_owned() });
    let orders = [order(&one, "BTC"), order(&one, "ETH"), order(&two, "BTC")];
    let sessions = orders.each_ref().map(|scope| Arc::clone(&scope.get::<Order>().session));
    assert!(Arc::ptr_eq(&sessions[0], &sessions[1]));
    assert!(!Arc::ptr_eq(&sessions[0], &sessions[2]));
    assert!(Arc::ptr_eq(&sessions[0].root, &sessions[2].root));
    assert!(!Arc::ptr_eq(&orders[0].get::<Order>().book, &orders[1].get::<Order>().book));
    assert_eq!(orders[1].get::<Order>().book.symbol.as_str(), "ETH");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_scopes_are_independent() {
    let app = Arc::new(App::build(AppInputs {}));
    let tasks: Vec<_> = (0..64)
        .map(|number| {
            let app = Arc::clone(&app);
            tokio::spawn(async move {
                let scope = app.symbol(inputs(&number.to_string()));
                tokio::task::yield_now().await;
                assert_eq!(scope.get::<Book>().symbol.as_str(), number.to_string());
                scope.shared::<Book>()
            })
        })
        .collect();
    let mut books = Vec::new();
    for task in tasks {
        books.push(task.await.unwrap());
    }
    for (index, book) in books.iter().enumerate() {
        assert!(books[index + 1..].iter().all(|other| !Arc::ptr_eq(book, other)));
        assert!(Arc::ptr_eq(&book.root, &app.shared()));
    }
}

struct Feed {
    log: Arc<Log>,
}

#[service(close)]
impl Feed {
    #[constructor]
    async fn open(log: Arc<Log>) -> Result<Self, std::io::Error> {
        tokio::task::yield_now().await;
        log.note("open");
        Ok(Self { log })
    }
}

impl di_core::Close for Feed {
    fn close(&self) -> Result<(), di_core::error::BoxError> {
        self.log.note("closed");
        Ok(())
    }
}

#[container]
struct FeedScope {
    #[inherit]
    log: Arc<Log>,
    feed: Feed,
}

#[container]
struct SyncApp {
    #[input]
    log: Log,
    #[scope]
    feed: FeedScope,
}

#[tokio::test]
async fn an_async_scope_of_a_sync_container_is_awaited_and_closed_by_itself() {
    let log = Log::default();
    let app = SyncApp::build(SyncAppInputs { log: log.clone() });
    let scope = app.feed(FeedScopeInputs {}).await.unwrap();
    scope.close().unwrap();
    app.close().unwrap();
    assert_eq!(log.events(), ["open", "closed"]);
}

/// Two containers may share a name in one file: that one of them is inside of the other is no cycle.
mod of_one_name {
    mod inner {
        #[di_core::container]
        pub struct Zed {}

        #[di_core::container]
        pub struct Apple {
            #[scope]
            pub zed: Zed,
        }
    }
    use inner::Apple;

    #[di_core::container]
    pub struct Zed {
        #[scope]
        apple: Apple,
    }

    #[test]
    fn a_scope_with_a_scope_of_the_containers_name_is_built() {
        use di_core::Container as _;

        let zed = Zed::build(ZedInputs {});
        let apple = zed.apple(inner::AppleInputs {});
        let _ = apple.zed(inner::ZedInputs {});
        assert_eq!(Zed::GRAPH.nodes.len(), 1);
    }
}
