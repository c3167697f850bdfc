//! Concurrent construction: each async constructor starts as soon as all that it needs is there.
//!
//! A constructor owns its dependencies, so that its future borrows nothing. There are no locks and no shared cells. Each
//! running constructor has a waker of its own that marks it, so that a wake-up polls one constructor and not all of them.

use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::task::Wake;
use alloc::vec::Vec;
use core::any::Any;
use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::sync::atomic::{AtomicBool, Ordering};
use core::task::{Context, Poll, Waker};

use super::span::{ConstructSpan, Surroundings};
use crate::error::BoxError;
use crate::error::BuildError;
use crate::mode::BuildFuture;

/// The build of one container.
///
/// It is the first local variable of the build, and so the last that is dropped: if the build fails or is dropped half-way,
/// what was created is dropped by it in reverse order of creation.
pub struct ConcurrentBuild {
    /// In order of creation.
    created: Vec<Arc<dyn Any + Send + Sync>>,
    /// Whether something was created in this round.
    progressed: bool,
    /// How much is not there after this round.
    left: usize,
    /// The task that awaits the build, as the wakers of the running constructors know it.
    task: Option<Waker>,
    /// How often another task went on with the build.
    moves: usize,
    /// How often the build was polled.
    polls: usize,
    surroundings: Surroundings,
}

impl Default for ConcurrentBuild {
    fn default() -> Self {
        Self {
            created: Vec::new(),
            progressed: false,
            left: 0,
            task: None,
            moves: 0,
            polls: 0,
            surroundings: Surroundings::current(),
        }
    }
}

impl ConcurrentBuild {
    /// Notes what was created.
    pub fn created<T: ?Sized + Any + Send + Sync>(&mut self, instance: &Arc<T>)
    where
        Arc<T>: Any + Send + Sync,
    {
        self.created.push(Arc::new(Arc::clone(instance)));
    }

    /// Goes through the constructors, until all have ended or none can go on.
    ///
    /// # Errors
    ///
    /// That of the first constructor that failed.
    pub fn poll(
        &mut self,
        context: &mut Context<'_>,
        mut round: impl FnMut(&mut Self) -> Result<(), BuildError>,
    ) -> Poll<Result<(), BuildError>> {
        self.follow(context.waker());
        self.polls += 1;
        let surroundings = self.surroundings.clone();
        surroundings.run(|| {
            loop {
                (self.progressed, self.left) = (false, 0);
                if let Err(error) = round(self) {
                    return Poll::Ready(Err(error));
                }
                if self.left == 0 {
                    return Poll::Ready(Ok(()));
                }
                if !self.progressed {
                    return Poll::Pending;
                }
            }
        })
    }

    /// Runs a sync constructor that needs nothing of what is awaited.
    pub fn constructing<R>(
        &self,
        container: &'static str,
        field: &'static str,
        service: &'static str,
        construct: impl FnOnce() -> R,
    ) -> R {
        self.surroundings.run(|| super::span::constructing(container, field, service, construct))
    }

    /// Lets go of what the container holds from now on.
    pub fn complete(&mut self) {
        self.created.clear();
    }

    /// A waker is bound to the task that polled last.
    fn follow(&mut self, task: &Waker) {
        if self.task.as_ref().is_none_or(|known| !known.will_wake(task)) {
            self.task = Some(task.clone());
            self.moves += 1;
        }
    }
}

impl Drop for ConcurrentBuild {
    fn drop(&mut self) {
        while let Some(last) = self.created.pop() {
            drop(last);
        }
    }
}

impl fmt::Debug for ConcurrentBuild {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConcurrentBuild").field("created", &self.created.len()).finish_non_exhaustive()
    }
}

/// A service of a container some of whose constructors are async.
pub enum Pending<T> {
    /// Its turn has not come.
    Waiting,
    /// Its constructor is running.
    Running(Running<T>),
    /// It is there.
    Done(Arc<T>),
}

/// A constructor that is running.
pub struct Running<T> {
    constructor: Pin<Box<dyn Future<Output = Result<T, BoxError>> + Send>>,
    span: ConstructSpan,
    mark: Arc<Mark>,
    waker: Waker,
    moves: usize,
    /// The poll of the build in which it was polled last: each poll lets each constructor go one step on.
    polled: usize,
}

/// Notes that one constructor can go on, and wakes the task of the build.
struct Mark {
    woken: AtomicBool,
    task: Waker,
}

impl Wake for Mark {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.woken.store(true, Ordering::Release);
        self.task.wake_by_ref();
    }
}

impl<T> Running<T> {
    /// Lets it go on, if it was woken or its task is another one.
    fn poll(&mut self, build: &ConcurrentBuild) -> Poll<Result<T, BoxError>> {
        if self.moves != build.moves
            && let Some(task) = &build.task
        {
            self.moves = build.moves;
            self.mark = Arc::new(Mark { woken: AtomicBool::new(true), task: task.clone() });
            self.waker = Waker::from(Arc::clone(&self.mark));
        }
        if self.polled == build.polls || !self.mark.woken.swap(false, Ordering::AcqRel) {
            return Poll::Pending;
        }
        self.polled = build.polls;
        let constructor = self.constructor.as_mut();
        let waker = &self.waker;
        self.span.run(|| constructor.poll(&mut Context::from_waker(waker)))
    }
}

impl<T: Send + Sync + 'static> Pending<T> {
    /// Whether its turn has not come.
    pub fn is_waiting(&self) -> bool {
        matches!(self, Self::Waiting)
    }

    /// Whether it is there.
    pub fn is_done(&self) -> bool {
        matches!(self, Self::Done(_))
    }

    /// The instance, for what is made after it.
    pub fn get(&self) -> &Arc<T> {
        match self {
            Self::Done(instance) => instance,
            Self::Waiting | Self::Running(_) => not_there(),
        }
    }

    /// Begins its constructor.
    pub fn run<F>(
        &mut self,
        container: &'static str,
        field: &'static str,
        service: &'static str,
        constructor: impl FnOnce() -> F,
    ) where
        F: Future<Output = Result<T, BoxError>> + Send + 'static,
    {
        let mark = Arc::new(Mark { woken: AtomicBool::new(true), task: Waker::noop().clone() });
        let span = ConstructSpan::begin(container, field, service);
        *self = Self::Running(Running {
            constructor: Box::pin(span.run(constructor)),
            span,
            waker: Waker::from(Arc::clone(&mark)),
            mark,
            moves: 0,
            polled: 0,
        });
    }

    /// Begins a constructor that cannot fail.
    pub fn run_infallible<F>(
        &mut self,
        container: &'static str,
        field: &'static str,
        service: &'static str,
        constructor: impl FnOnce() -> F,
    ) where
        F: Future<Output = T> + Send + 'static,
    {
        self.run(container, field, service, || {
            let constructor = constructor();
            async { Ok(constructor.await) }
        });
    }

    /// Takes what a sync constructor made.
    pub fn fill(&mut self, build: &mut ConcurrentBuild, instance: T) {
        let instance = Arc::new(instance);
        build.created(&instance);
        build.progressed = true;
        *self = Self::Done(instance);
    }

    /// Begins a module whose build can fail.
    pub fn run_fallible_module(
        &mut self,
        container: &'static str,
        field: &'static str,
        module: &'static str,
        build: impl FnOnce() -> BuildFuture<Result<T, BuildError>>,
    ) {
        self.run(container, field, module, || {
            let build = build();
            async { build.await.map_err(Into::into) }
        });
    }

    /// Lets its constructor go on.
    ///
    /// # Errors
    ///
    /// The constructor's own error.
    pub fn poll(&mut self, build: &mut ConcurrentBuild) -> Result<(), BoxError> {
        match self {
            Self::Done(_) => {}
            Self::Waiting => build.left += 1,
            Self::Running(running) => match running.poll(build) {
                Poll::Pending => build.left += 1,
                Poll::Ready(Ok(instance)) => self.fill(build, instance),
                Poll::Ready(Err(error)) => {
                    *self = Self::Waiting;
                    return Err(error);
                }
            },
        }
        Ok(())
    }

    /// The instance, for the container.
    pub fn take(self) -> Arc<T> {
        match self {
            Self::Done(instance) => instance,
            Self::Waiting | Self::Running(_) => not_there(),
        }
    }

    /// A module, which its container keeps inline.
    pub fn take_inline(self) -> T {
        match Arc::into_inner(self.take()) {
            Some(module) => module,
            None => unreachable!("a complete build has let go of its modules, and nobody else holds them"),
        }
    }
}

impl<T> fmt::Debug for Pending<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Waiting => "Waiting",
            Self::Running(_) => "Running",
            Self::Done(_) => "Done",
        })
    }
}

impl<T> fmt::Debug for Running<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Running")
    }
}

/// The order of the graph is checked at compile time, so that nothing is asked for before it is there.
#[cold]
#[inline(never)]
fn not_there() -> ! {
    unreachable!("a service is made after all that it needs")
}
