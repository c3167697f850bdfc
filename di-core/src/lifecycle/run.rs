//! `app.run()`: a container lives its whole life in one call.

use std::future::Future;

use super::application::Application;
use super::outcome::Outcome;
use crate::container::Container;

/// Gives every container a `run`, where this trait is in scope.
///
/// It is a trait, so that it takes no name from anybody: a container with a method `run` of its own keeps it, and says
/// `Run::run(&app)` for this one. Whoever wants budgets, a clock or the health of the services takes
/// [`Application::of`] instead.
///
/// ```no_run
/// use di_core::lifecycle::{Context, Lifecycle, Outcome, Run};
/// use di_core::error::BoxError;
/// use di_core::{container, interface, service};
///
/// #[service(lifecycle)]
/// pub struct Feed;
///
/// #[interface]
/// impl Lifecycle for Feed {
///     async fn start(&self, context: &Context) -> Result<(), BoxError> {
///         context.spawn("messages", async { std::future::pending().await });
///         Ok(())
///     }
/// }
///
/// #[container]
/// pub struct App {
///     feed: Feed,
/// }
///
/// #[tokio::main]
/// async fn main() -> Outcome {
///     App::build(AppInputs {}).run().await // until SIGINT or SIGTERM
/// }
/// ```
pub trait Run: Container {
    /// Arms the signals of the operating system, starts all services, waits for a signal or for the death of a
    /// background task, and stops them: see [`Application::run`].
    ///
    /// What has been stopped can be started again, so that the container is not closed: services with
    /// [`Close`](crate::Close) are closed by the container's own `close`, which consumes it.
    ///
    /// ```
    /// # use di_core::lifecycle::{Outcome, Run};
    /// # use di_core::error::BoxError;
    /// # use di_core::{Close, container, service};
    /// #[service(close)]
    /// pub struct Store;
    ///
    /// impl Close for Store {
    ///     fn close(&self) -> Result<(), BoxError> {
    ///         Ok(())
    ///     }
    /// }
    ///
    /// #[container]
    /// pub struct App {
    ///     store: Store,
    /// }
    ///
    /// async fn run() -> Result<Outcome, BoxError> {
    ///     let app = App::build(AppInputs {});
    ///     let outcome = app.run().await;
    ///     app.close()?;
    ///     Ok(outcome)
    /// }
    /// ```
    fn run(&self) -> impl Future<Output = Outcome> + Send {
        let application = Application::of(self);
        async move { application.run().await }
    }
}

impl<C: Container> Run for C {}
