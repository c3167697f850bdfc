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

use super::in_order::Clear;
use crate::container::{Assemble, Visit};
use crate::error::BuildError;
use crate::graph::Target;
use crate::service::BoxError;
use crate::state::Concurrent;

/// The future of a container.
#[doc(hidden)]
pub struct Build<C: Assemble> {
    /// Taken when the build ends.
    slots: Option<C::Slots<Concurrent>>,
    /// How many dependencies of each node are not there yet.
    waiting: Vec<usize>,
    /// Nodes whose dependencies are all there and that have not been begun, the last in the constant order first.
    ready: Vec<usize>,
    /// Constructors that are running.
    running: Vec<Running>,
    /// In order of creation.
    created: Vec<usize>,
    /// The task that awaits the build, as the wakers of the running constructors know it.
    task: Option<Waker>,
}

struct Running {
    node: usize,
    mark: Arc<Mark>,
    waker: Waker,
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

impl Running {
    /// Begins woken, so that the first round polls it.
    fn new(node: usize, task: &Waker) -> Self {
        let mark = Arc::new(Mark { woken: AtomicBool::new(true), task: task.clone() });
        Self { node, waker: Waker::from(Arc::clone(&mark)), mark }
    }
}

impl<C: Assemble> Build<C> {
    pub(super) fn new(inherited: C::Inherited, inputs: C::Inputs) -> Self {
        let nodes = C::GRAPH.nodes;
        let waiting: Vec<usize> = nodes
            .iter()
            .map(|node| node.edges.iter().filter(|edge| matches!(edge.target, Target::Node(_))).count())
            .collect();
        // The last of `ready` is begun first: the constant order decides among equals.
        let ready = C::GRAPH.order.iter().rev().copied().filter(|&node| waiting[node] == 0).collect();
        Self {
            slots: Some(C::begin(inherited, inputs)),
            waiting,
            ready,
            running: Vec::new(),
            created: Vec::with_capacity(nodes.len()),
            task: None,
        }
    }

    /// Begins what is ready until nothing is.
    fn begin_ready(&mut self, slots: &mut C::Slots<Concurrent>, task: &Waker) -> Result<(), (usize, BoxError)> {
        while let Some(node) = self.ready.pop() {
            C::step::<Concurrent>(slots, node).map_err(|cause| (node, cause))?;
            if C::visit(slots, node, IsRunning) {
                self.running.push(Running::new(node, task));
            } else {
                self.note_created(node);
            }
        }
        Ok(())
    }

    /// Polls each woken constructor once; says whether one ended.
    fn poll_woken(&mut self, slots: &mut C::Slots<Concurrent>) -> Result<bool, (usize, BoxError)> {
        let mut ended = false;
        let mut index = 0;
        while let Some(running) = self.running.get(index) {
            let node = running.node;
            let woken = running.mark.woken.swap(false, Ordering::AcqRel);
            let poll = if woken {
                C::visit(slots, node, PollCell(&mut Context::from_waker(&running.waker)))
            } else {
                Poll::Pending
            };
            match poll {
                Poll::Pending => index += 1,
                Poll::Ready(result) => {
                    self.running.swap_remove(index);
                    result.map_err(|cause| (node, cause))?;
                    self.note_created(node);
                    ended = true;
                }
            }
        }
        Ok(ended)
    }

    /// Counts the node off for all that wait for it.
    fn note_created(&mut self, created: usize) {
        self.created.push(created);
        for (node, waiting) in self.waiting.iter_mut().enumerate() {
            let edges = C::GRAPH.nodes[node].edges;
            let answered = edges.iter().filter(|edge| edge.target == Target::Node(created)).count();
            if answered > 0 {
                *waiting -= answered;
                if *waiting == 0 {
                    let later = |other: &usize| position::<C>(*other) > position::<C>(node);
                    self.ready.insert(self.ready.partition_point(later), node);
                }
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
            *running = Running::new(running.node, task);
        }
    }

    fn advance(&mut self, slots: &mut C::Slots<Concurrent>, task: &Waker) -> Result<bool, (usize, BoxError)> {
        loop {
            self.begin_ready(slots, task)?;
            if !self.poll_woken(slots)? {
                return Ok(self.running.is_empty());
            }
        }
    }

    /// Drops running constructors, then what was created, in reverse order.
    fn undo(&mut self, mut slots: C::Slots<Concurrent>) {
        for running in self.running.drain(..).rev() {
            C::visit(&mut slots, running.node, Clear);
        }
        for node in self.created.drain(..).rev() {
            C::visit(&mut slots, node, Clear);
        }
    }
}

/// The place of a node in the constant order.
fn position<C: Assemble>(node: usize) -> usize {
    C::GRAPH.order.iter().position(|other| *other == node).unwrap_or(usize::MAX)
}

/// The futures of constructors are boxed: moving the build moves none of them.
impl<C: Assemble> Unpin for Build<C> {}

impl<C: Assemble> Future for Build<C> {
    type Output = Result<C, BuildError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let build = &mut *self;
        build.follow(context.waker());
        let Some(mut slots) = build.slots.take() else {
            // Polled again after its end, which the contract of `Future` leaves open: it never ends again.
            return Poll::Pending;
        };
        match build.advance(&mut slots, context.waker()) {
            Ok(true) => Poll::Ready(Ok(super::complete::<C, Concurrent>(slots))),
            Ok(false) => {
                build.slots = Some(slots);
                Poll::Pending
            }
            Err((node, cause)) => {
                build.undo(slots);
                Poll::Ready(Err(BuildError::of_node(&C::GRAPH, node, cause)))
            }
        }
    }
}

impl<C: Assemble> Drop for Build<C> {
    fn drop(&mut self) {
        if let Some(slots) = self.slots.take() {
            self.undo(slots);
        }
    }
}

/// Asks whether a constructor is running.
struct IsRunning;

impl Visit<Concurrent> for IsRunning {
    type Output = bool;

    fn cell<T>(self, cell: &mut super::pending::Pending<T>) -> bool {
        matches!(cell, super::pending::Pending::Running(_))
    }

    fn nothing(self) -> bool {
        false
    }
}

/// Lets a running constructor go on.
struct PollCell<'a, 'b>(&'a mut Context<'b>);

impl Visit<Concurrent> for PollCell<'_, '_> {
    type Output = Poll<Result<(), BoxError>>;

    fn cell<T>(self, cell: &mut super::pending::Pending<T>) -> Self::Output {
        cell.poll(self.0)
    }

    fn nothing(self) -> Self::Output {
        Poll::Ready(Ok(()))
    }
}

impl<C: Assemble> fmt::Debug for Build<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Build").field("created", &self.created).field("ready", &self.ready).finish_non_exhaustive()
    }
}
