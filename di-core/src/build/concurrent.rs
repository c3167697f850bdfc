//! The build in which constructors are async: each starts as soon as all that it needs is there.
//!
//! A constructor owns its dependencies, so that its future borrows nothing, and the slots have one owner: the build.
//! There are no locks and no shared cells. Each running constructor has a waker of its own that marks it, so that a
//! wake-up polls one constructor and not all of them.

use alloc::sync::Arc;
use alloc::task::Wake;
use alloc::vec::Vec;
use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::sync::atomic::{AtomicBool, Ordering};
use core::task::{Context, Poll, Waker};

use super::Round;
use super::in_order::Clear;
use super::turn::{Surroundings, Turn};
use crate::container::{Assemble, Visit};
use crate::deferral::Defers;
use crate::error::BuildError;
use crate::graph::Target;
use crate::service::BoxError;
use crate::state::Filling;

/// The future of a container.
#[doc(hidden)]
pub struct Build<C: Assemble> {
    /// Taken when the build ends.
    slots: Option<C::Slots<C::Building>>,
    progress: Progress,
    surroundings: Surroundings,
}

/// How far a build has come.
struct Progress {
    nodes: Vec<Stage>,
    /// Constructors that are running.
    running: Vec<Running>,
    /// In order of creation.
    created: Vec<usize>,
    /// The task that awaits the build, as the wakers of the running constructors know it.
    task: Option<Waker>,
    /// The node whose constructor was begun last.
    last: usize,
}

/// How far one node has come.
#[derive(Clone, Copy)]
enum Stage {
    /// So many of its dependencies are not there yet.
    Waiting(usize),
    /// Its constructor was begun.
    Begun,
}

struct Running {
    node: usize,
    turn: Turn,
    mark: Arc<Mark>,
    waker: Waker,
}

/// Notes that one constructor can go on, and wakes the task of the build.
struct Mark {
    woken: AtomicBool,
    task: Waker,
}

impl Mark {
    fn new(task: &Waker) -> Arc<Self> {
        Arc::new(Self { woken: AtomicBool::new(true), task: task.clone() })
    }
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

impl Running {
    /// Begins woken, so that the first round polls it.
    fn new(node: usize, turn: Turn, task: &Waker) -> Self {
        let mark = Mark::new(task);
        Self { node, turn, waker: Waker::from(Arc::clone(&mark)), mark }
    }

    /// Binds it to another task.
    fn rebind(&mut self, task: &Waker) {
        self.mark = Mark::new(task);
        self.waker = Waker::from(Arc::clone(&self.mark));
    }
}

impl<C: Assemble> Build<C> {
    pub(super) fn new(inherited: C::Inherited, inputs: C::Inputs) -> Self {
        let nodes = C::GRAPH.nodes.iter().map(|node| {
            Stage::Waiting(node.edges.iter().filter(|edge| matches!(edge.target, Target::Node(_))).count())
        });
        let progress = Progress {
            nodes: nodes.collect(),
            running: Vec::new(),
            created: Vec::with_capacity(C::GRAPH.nodes.len()),
            task: None,
            last: 0,
        };
        Self { slots: Some(C::begin(inherited, inputs)), progress, surroundings: Surroundings::current() }
    }
}

impl Progress {
    /// Begins what can be begun, and lets what is running go on; says whether all has ended.
    fn advance<C: Assemble>(&mut self, slots: &mut C::Slots<C::Building>) -> Result<bool, (usize, BoxError)> {
        loop {
            // Nodes come after what they need: one round begins all that what it creates makes ready.
            C::fill(slots, self).map_err(|cause| (self.last, cause))?;
            if !self.poll_woken::<C>(slots)? {
                return Ok(self.running.is_empty());
            }
        }
    }

    /// Polls each woken constructor once; says whether one ended.
    fn poll_woken<C: Assemble>(&mut self, slots: &mut C::Slots<C::Building>) -> Result<bool, (usize, BoxError)> {
        let mut ended = false;
        let mut index = 0;
        while let Some(running) = self.running.get(index) {
            let node = running.node;
            let woken = running.mark.woken.swap(false, Ordering::AcqRel);
            let poll = if woken {
                running.turn.run(|| C::visit(slots, node, PollCell(&mut Context::from_waker(&running.waker))))
            } else {
                Poll::Pending
            };
            match poll {
                Poll::Pending => index += 1,
                Poll::Ready(result) => {
                    self.running.swap_remove(index);
                    result.map_err(|cause| (node, cause))?;
                    self.note_created::<C>(node);
                    ended = true;
                }
            }
        }
        Ok(ended)
    }

    /// Counts the node off for all that wait for it.
    fn note_created<C: Assemble>(&mut self, created: usize) {
        self.created.push(created);
        for (stage, node) in self.nodes.iter_mut().zip(C::GRAPH.nodes) {
            if let Stage::Waiting(count) = stage {
                *count -= node.edges.iter().filter(|edge| edge.target == Target::Node(created)).count();
            }
        }
    }

    /// A waker is bound to the task that polled last: if another one polls now, all running constructors get new ones.
    fn follow(&mut self, task: &Waker) {
        if self.task.as_ref().is_some_and(|known| known.will_wake(task)) {
            return;
        }
        self.task = Some(task.clone());
        for running in &mut self.running {
            running.rebind(task);
        }
    }

    /// Drops running constructors, then what was created, in reverse order.
    fn undo<C: Assemble>(&mut self, mut slots: C::Slots<C::Building>) {
        for running in self.running.drain(..).rev() {
            C::visit(&mut slots, running.node, Clear);
        }
        for node in self.created.drain(..).rev() {
            C::visit(&mut slots, node, Clear);
        }
    }
}

impl<C: Assemble> Round<C> for Progress {
    fn begins(&mut self, node: usize) -> bool {
        let is_ready = matches!(self.nodes[node], Stage::Waiting(0));
        if is_ready {
            self.nodes[node] = Stage::Begun;
            self.last = node;
        }
        is_ready
    }

    fn begun(&mut self, slots: &mut C::Slots<C::Building>, node: usize, turn: Turn) {
        match &self.task {
            Some(task) if C::visit(slots, node, IsRunning) => self.running.push(Running::new(node, turn, task)),
            _ => self.note_created::<C>(node),
        }
    }
}

/// The futures of constructors are boxed: moving the build moves none of them.
impl<C: Assemble> Unpin for Build<C> {}

impl<C: Assemble> Future for Build<C> {
    type Output = Result<C, BuildError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let build = &mut *self;
        build.progress.follow(context.waker());
        let Some(mut slots) = build.slots.take() else {
            // Polled again after its end, which the contract of `Future` leaves open: it never ends again.
            return Poll::Pending;
        };
        match build.surroundings.run(|| build.progress.advance::<C>(&mut slots)) {
            Ok(true) => {
                let (container, deferred) = C::finish(slots);
                C::Deferring::run::<C>(deferred, container.slots());
                Poll::Ready(Ok(container))
            }
            Ok(false) => {
                build.slots = Some(slots);
                Poll::Pending
            }
            Err((node, cause)) => {
                build.progress.undo::<C>(slots);
                Poll::Ready(Err(BuildError::of_node(&C::GRAPH, node, cause)))
            }
        }
    }
}

impl<C: Assemble> Drop for Build<C> {
    fn drop(&mut self) {
        if let Some(slots) = self.slots.take() {
            self.progress.undo::<C>(slots);
        }
    }
}

/// Asks whether a constructor is running.
struct IsRunning;

impl<F: Filling> Visit<F> for IsRunning {
    type Output = bool;

    fn cell<T>(self, cell: &mut F::Cell<T>) -> bool {
        F::is_running(cell)
    }

    fn nothing(self) -> bool {
        false
    }
}

/// Lets a running constructor go on.
struct PollCell<'a, 'b>(&'a mut Context<'b>);

impl<F: Filling> Visit<F> for PollCell<'_, '_> {
    type Output = Poll<Result<(), BoxError>>;

    fn cell<T>(self, cell: &mut F::Cell<T>) -> Self::Output {
        F::poll(cell, self.0)
    }

    fn nothing(self) -> Self::Output {
        Poll::Ready(Ok(()))
    }
}

impl<C: Assemble> fmt::Debug for Build<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Build").field("created", &self.progress.created).finish_non_exhaustive()
    }
}
