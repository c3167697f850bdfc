//! Durations of constructors.
//!
//! A container stores no times: who wants them asks while it is built, and a constructor finds who asked in its thread.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::mem;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// How long the constructors of a container took, for the [`StartReport`](super::StartReport).
///
/// ```
/// use di_core::lifecycle::{Application, Constructions, Lifecycle};
/// use di_core::{container, service};
///
/// #[service(lifecycle)]
/// struct Feed;
///
/// impl Lifecycle for Feed {}
///
/// #[container]
/// struct App {
///     feed: Feed,
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let (app, times) = Constructions::timed(|| App::build(AppInputs {}));
/// let application = Application::of(&app).with_constructions(&times);
/// let report = application.start().await?;
/// assert!(report.services().iter().all(|service| service.construction.is_some()));
/// application.stop().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default)]
pub struct Constructions {
    took: Arc<Mutex<BTreeMap<String, Duration>>>,
}

impl Constructions {
    /// Runs `build`, and notes what its constructors take. If it gives a future, its constructors are timed, too, from
    /// their begin to their end, and all is noted as soon as the future has ended.
    pub fn timed<T>(build: impl FnOnce() -> T) -> (T, Self) {
        let times = Self::default();
        let built = Listener { times: Some(times.clone()), path: String::new() }.within(build);
        (built, times)
    }

    /// How long the constructor of a field took: `feed`, or `venues.feed` for one in the module `venues`. A module's time is
    /// that of all its services.
    ///
    /// ```
    /// use di_core::lifecycle::Constructions;
    /// use di_core::{container, service};
    ///
    /// #[service]
    /// struct Feed;
    ///
    /// #[container]
    /// struct App {
    ///     feed: Feed,
    /// }
    ///
    /// let (_app, times) = Constructions::timed(|| App::build(AppInputs {}));
    /// assert!(times.of("feed").is_some());
    /// assert!(times.of("fed").is_none());
    /// ```
    pub fn of(&self, field: &str) -> Option<Duration> {
        self.took.lock().unwrap_or_else(PoisonError::into_inner).get(field).copied()
    }

    fn note(&self, field: &str, took: Duration) {
        self.took.lock().unwrap_or_else(PoisonError::into_inner).insert(field.to_owned(), took);
    }
}

thread_local! {
    static LISTENER: RefCell<Listener> = RefCell::default();
}

/// Who wants to know, and where in the container the thread is.
#[derive(Debug, Clone, Default)]
pub(crate) struct Listener {
    times: Option<Constructions>,
    /// The fields of the modules around the constructors that run, with dots between them.
    path: String,
}

impl Listener {
    /// That of this thread.
    pub(crate) fn current() -> Self {
        LISTENER.with_borrow(Self::clone)
    }

    /// Runs `work` with this one as that of the thread.
    pub(crate) fn within<R>(&self, work: impl FnOnce() -> R) -> R {
        let _before = Restore(LISTENER.with_borrow_mut(|listener| mem::replace(listener, self.clone())));
        work()
    }
}

/// The listener that was there before, also after a panic.
struct Restore(Listener);

impl Drop for Restore {
    fn drop(&mut self) {
        LISTENER.with_borrow_mut(|listener| mem::swap(listener, &mut self.0));
    }
}

/// One constructor that is timed until this is dropped.
#[derive(Debug)]
pub(crate) struct Timing {
    times: Constructions,
    inside: Listener,
    since: Instant,
}

impl Timing {
    /// Begins, if anybody wants to know.
    pub(crate) fn begin(field: &'static str) -> Option<Self> {
        LISTENER.with_borrow(|listener| {
            let times = listener.times.clone()?;
            let path = join(&listener.path, field);
            Some(Self { inside: Listener { times: Some(times.clone()), path }, times, since: Instant::now() })
        })
    }

    /// Runs a part of the constructor: what it builds is inside of it.
    pub(crate) fn within<R>(&self, work: impl FnOnce() -> R) -> R {
        self.inside.within(work)
    }
}

impl Drop for Timing {
    fn drop(&mut self) {
        self.times.note(&self.inside.path, self.since.elapsed());
    }
}

/// A field in a module, or in none.
pub(super) fn join(path: &str, field: &str) -> String {
    if path.is_empty() { field.to_owned() } else { format!("{path}.{field}") }
}
