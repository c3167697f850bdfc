//! Closing: what is closed, in which order, and failures of it.

use std::sync::Arc;

use di_core::error::BoxError;
use di_core::{Close, container, interface, service};

use crate::Log;

/// Services that note when they were made and closed.
macro_rules! closing {
    ($($name:ident($($need:ty),*))*) => {
        $(
            struct $name {
                log: Arc<Log>,
            }

            #[service(close)]
            impl $name {
                #[constructor]
                fn new(log: Arc<Log>, _needs: closing!(@needs $($need),*)) -> Self {
                    log.note(concat!("made ", stringify!($name)));
                    Self { log }
                }
            }

            impl Close for $name {
                fn close(&self) -> Result<(), BoxError> {
                    self.log.note(concat!("closed ", stringify!($name)));
                    Ok(())
                }
            }
        )*
    };
    (@needs $need:ty) => { Arc<$need> };
}

closing! { A(Log) B(A) C(B) }

#[container]
struct Chain {
    c: C,
    a: A,
    b: B,
    #[input]
    log: Log,
}

#[test]
fn closing_goes_in_reverse_order_of_creation() {
    let log = Log::default();
    let app = Chain::build(ChainInputs { log: log.clone() });
    app.close().unwrap();
    assert_eq!(log.events(), ["made A", "made B", "made C", "closed C", "closed B", "closed A"]);
}

#[interface]
trait IReads {
    fn log(&self) -> &Log;
}

#[interface]
trait IWrites {
    fn log(&self) -> &Log;
}

#[service(provides = [IReads, IWrites], close)]
struct Store {
    log: Arc<Log>,
}

impl IReads for Store {
    fn log(&self) -> &Log {
        &self.log
    }
}

impl IWrites for Store {
    fn log(&self) -> &Log {
        &self.log
    }
}

impl Close for Store {
    fn close(&self) -> Result<(), BoxError> {
        self.log.note("closed store");
        Ok(())
    }
}

#[service(close)]
struct Reader {
    store: Arc<dyn IReads>,
}

impl Close for Reader {
    fn close(&self) -> Result<(), BoxError> {
        self.store.log().note("closed reader");
        Ok(())
    }
}

#[service(close)]
struct Writer {
    store: Arc<dyn IWrites>,
}

impl Close for Writer {
    fn close(&self) -> Result<(), BoxError> {
        self.store.log().note("closed writer");
        Ok(())
    }
}

#[container]
struct SeveralInterfaces {
    store: Store,
    reader: Reader,
    writer: Writer,
    #[input]
    log: Log,
}

#[test]
fn a_service_under_several_interfaces_is_closed_once_after_all_its_dependents() {
    let log = Log::default();
    SeveralInterfaces::build(SeveralInterfacesInputs { log: log.clone() }).close().unwrap();
    assert_eq!(log.events(), ["closed writer", "closed reader", "closed store"]);
}

#[derive(Debug)]
struct Stuck(&'static str);

impl std::fmt::Display for Stuck {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} is stuck", self.0)
    }
}

impl std::error::Error for Stuck {}

#[service(close)]
struct FirstStuck {
    log: Arc<Log>,
}

impl Close for FirstStuck {
    fn close(&self) -> Result<(), BoxError> {
        self.log.note("tried first");
        Err(Stuck("first").into())
    }
}

#[service(close)]
struct Fine {
    first: Arc<FirstStuck>,
}

impl Close for Fine {
    fn close(&self) -> Result<(), BoxError> {
        self.first.log.note("closed fine");
        Ok(())
    }
}

#[service(close)]
struct LastStuck {
    fine: Arc<Fine>,
}

impl Close for LastStuck {
    fn close(&self) -> Result<(), BoxError> {
        self.fine.first.log.note("tried last");
        Err("no type of its own".into())
    }
}

#[container]
struct TwoStuck {
    #[input]
    log: Log,
    first: FirstStuck,
    fine: Fine,
    last: LastStuck,
}

#[test]
fn every_service_is_closed_and_every_error_is_kept() {
    let log = Log::default();
    let error = TwoStuck::build(TwoStuckInputs { log: log.clone() }).close().unwrap_err();
    assert_eq!(log.events(), ["tried last", "closed fine", "tried first"]);
    let failures: Vec<_> = error.failures().map(|(service, cause)| (service, cause.to_string())).collect();
    assert_eq!(failures, [("LastStuck", "no type of its own".to_owned()), ("FirstStuck", "first is stuck".to_owned())]);
    let original = error.failures().find_map(|(_, cause)| cause.downcast_ref::<Stuck>());
    assert_eq!(original.map(|stuck| stuck.0), Some("first"));
    assert_eq!(error.to_string(), "could not close `LastStuck`: no type of its own; `FirstStuck`: first is stuck");
}

#[service]
struct Holder {
    mine: Arc<Store>,
}

#[container]
struct WithTransient {
    #[transient]
    store: Store,
    holder: Holder,
    #[input]
    log: Log,
}

#[test]
fn a_transient_is_not_closed_because_it_belongs_to_its_caller() {
    let log = Log::default();
    let app = WithTransient::build(WithTransientInputs { log: log.clone() });
    let mine = app.shared::<Store>();
    let held = app.shared::<Holder>();
    app.close().unwrap();
    assert!(log.events().is_empty());
    Close::close(&*mine).unwrap();
    Close::close(&*held.mine).unwrap();
    assert_eq!(log.events().len(), 2);
}

#[container(provides = [IReads])]
struct StoreModule {
    #[inherit]
    log: Arc<Log>,
    store: Store,
    writer: Writer,
}

#[container]
struct WithModule {
    reader: Reader,
    #[module]
    module: StoreModule,
    #[input]
    log: Log,
}

#[test]
fn a_module_is_closed_after_its_dependents_and_its_own_services_in_reverse_order() {
    let log = Log::default();
    WithModule::build(WithModuleInputs { log: log.clone() }).close().unwrap();
    assert_eq!(log.events(), ["closed reader", "closed writer", "closed store"]);
}

#[test]
fn a_plain_drop_closes_nothing() {
    let log = Log::default();
    drop(WithModule::build(WithModuleInputs { log: log.clone() }));
    assert!(log.events().is_empty());
}

struct Slow {
    log: Arc<Log>,
    name: &'static str,
}

impl Close for Slow {
    fn close(&self) -> Result<(), BoxError> {
        self.log.note(self.name);
        Ok(())
    }
}

#[service(close)]
impl Slow {
    #[constructor]
    async fn new(log: Arc<Log>) -> Self {
        tokio::task::yield_now().await;
        Self { log, name: "slow" }
    }
}

#[service(close)]
struct AfterSlow {
    slow: Arc<Slow>,
}

impl Close for AfterSlow {
    fn close(&self) -> Result<(), BoxError> {
        self.slow.log.note("after slow");
        Ok(())
    }
}

#[container]
struct AsyncApp {
    slow: Slow,
    after: AfterSlow,
    #[input]
    log: Log,
}

#[tokio::test]
async fn what_was_built_async_is_closed_in_the_order_of_the_graph() {
    let log = Log::default();
    AsyncApp::build(AsyncAppInputs { log: log.clone() }).await.close().unwrap();
    assert_eq!(log.events(), ["after slow", "slow"]);
}

#[service(close)]
struct Torn {
    _a: Arc<A>,
}

impl Close for Torn {
    fn close(&self) -> Result<(), BoxError> {
        panic!("the file is torn")
    }
}

#[container]
struct Panicking {
    torn: Torn,
    a: A,
    #[input]
    log: Log,
}

#[test]
fn a_panic_in_a_close_is_an_error_of_its_service_and_the_others_are_closed() {
    let log = Log::default();
    let error = Panicking::build(PanickingInputs { log: log.clone() }).close().unwrap_err();
    assert!(error.to_string().contains("Torn"), "{error}");
    let failures: Vec<_> = error.failures().map(|(service, error)| (service, error.to_string())).collect();
    assert_eq!(failures, [("Torn", "panicked: the file is torn".to_owned())]);
    assert_eq!(log.events(), ["made A", "closed A"]);
}
