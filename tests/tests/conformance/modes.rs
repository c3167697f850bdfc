//! Declared modes, beside groups, deferral, scopes and overrides.

use std::sync::Arc;

use di_core::dependency::{Factory, Lazy, Many};
use di_core::error::BuildError;
use di_core::{Container, container, interface, service};

#[interface]
trait IChannel {
    fn name(&self) -> &'static str;
}

struct Mail {
    name: &'static str,
}

#[service(provides = IChannel)]
impl Mail {
    #[constructor]
    async fn connect(_alerts: Arc<Alerts>) -> Self {
        tokio::task::yield_now().await;
        Self { name: "mail" }
    }
}

impl IChannel for Mail {
    fn name(&self) -> &'static str {
        self.name
    }
}

#[service(provides = IChannel)]
struct File;

impl IChannel for File {
    fn name(&self) -> &'static str {
        "file"
    }
}

/// Needed by the async module, and finds later what that exports.
#[service]
struct Alerts {
    channel: Lazy<dyn IChannel>,
}

#[service]
struct Broadcast {
    channels: Many<dyn IChannel>,
}

#[service]
struct Ticket {
    channel: Lazy<dyn IChannel>,
}

#[service]
struct Desk {
    tickets: Factory<Ticket>,
}

#[container(build = async, provides = IChannel)]
struct Remote {
    #[inherit]
    alerts: Arc<Alerts>,
    mail: Mail,
}

#[container(build = async)]
struct RemoteGroup {
    #[inherit]
    alerts: Arc<Alerts>,
    #[many(dyn IChannel, key = "mail")]
    mail: Mail,
}

#[container(build = async_fallible)]
struct Grouped {
    alerts: Alerts,
    broadcast: Broadcast,
    #[module]
    remote: Remote,
    #[module]
    #[many(dyn IChannel)]
    remote_group: RemoteGroup,
    #[many(dyn IChannel, key = "file")]
    file: File,
}

#[tokio::test]
async fn a_group_waits_for_an_async_module_in_it() -> Result<(), BuildError> {
    let app = Grouped::build(GroupedInputs {}).await?;
    let names: Vec<_> = app.get::<Broadcast>().channels.iter().map(|channel| channel.name()).collect();
    assert_eq!(names, ["mail", "file"]);
    Ok(())
}

#[container(build = async_fallible)]
struct Deferred {
    alerts: Alerts,
    #[transient]
    ticket: Ticket,
    desk: Desk,
    #[module]
    remote: Remote,
}

#[tokio::test]
async fn what_an_async_module_exports_is_found_later() -> Result<(), BuildError> {
    let app = Deferred::build(DeferredInputs {}).await?;
    for lazy in
        [&app.get::<Alerts>().channel, &app.shared::<Ticket>().channel, &app.get::<Desk>().tickets.make(()).channel]
    {
        assert_eq!(lazy.get().expect("the container is complete").name(), "mail");
    }
    Ok(())
}

#[service]
struct Node {
    depth: Arc<u32>,
}

#[container(build = async_fallible)]
struct Session {
    #[input]
    depth: u32,
    node: Node,
}

#[service]
struct Sessions {
    sessions: Factory<Session, (SessionInputs,)>,
}

#[container(build = infallible)]
struct OpensSessions {
    #[scope]
    session: Session,
    sessions: Sessions,
}

#[tokio::test]
async fn a_scope_is_opened_as_it_declares_and_its_container_is_built_at_once() -> Result<(), BuildError> {
    let app: OpensSessions = OpensSessions::build(OpensSessionsInputs {});
    let opened = app.session(SessionInputs { depth: 1 }).await?;
    let made = app.get::<Sessions>().sessions.make((SessionInputs { depth: 2 },)).await?;
    assert_eq!([*opened.get::<Node>().depth, *made.get::<Node>().depth], [1, 2]);
    assert!(!OpensSessions::GRAPH.is_async() && Session::GRAPH.is_async());
    Ok(())
}

#[container(build = infallible, provides = IChannel)]
struct Local {
    channel: File,
}

#[container(from = Local, build = async_fallible, replace(channel = Unreachable))]
struct Failing;

struct Unreachable;

#[service(provides = IChannel)]
impl Unreachable {
    #[constructor]
    async fn connect() -> Result<Self, std::io::Error> {
        Err(std::io::Error::other("no route"))
    }
}

impl IChannel for Unreachable {
    fn name(&self) -> &'static str {
        "unreachable"
    }
}

#[container]
struct ListsALocal {
    #[module]
    channels: Local,
}

#[container(from = ListsALocal, replace(channels = Failing))]
struct ListsADerived;

#[tokio::test]
async fn a_derived_module_is_built_as_it_declares_itself() {
    assert_eq!(ListsALocal::build(ListsALocalInputs {}).get::<dyn IChannel>().name(), "file");
    let error = ListsADerived::build(ListsADerivedInputs {}).await.expect_err("there is no route");
    assert_eq!((error.service(), error.chain()), ("Unreachable", &["Failing", "Unreachable"][..]));
    assert!(error.to_string().contains("no route"), "{error}");
}
