//! A set of hooks or checks that run at one time, each with a deadline.
//!
//! Each runs as a task of its own: a panic stays in it, and one that blocks its thread cannot keep the engine from
//! noticing that its time is over.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::{AbortHandle, Id, JoinError, JoinSet};

use super::failure::Failure;
use super::time::Time;
use crate::error::BoxError;
use crate::panics;

pub(crate) struct HookSet<T = ()> {
    time: Arc<dyn Time>,
    tasks: JoinSet<Result<T, BoxError>>,
    members: Vec<Member>,
}

/// A hook that runs.
struct Member {
    node: usize,
    task: Id,
    abort: AbortHandle,
    began: Duration,
    deadline: Duration,
}

/// A hook that ended, or should have.
pub(crate) struct Ended<T = ()> {
    pub(crate) node: usize,
    pub(crate) took: Duration,
    pub(crate) end: End<T>,
}

pub(crate) enum End<T = ()> {
    Done(T),
    Failed(Failure),
    /// It was cancelled, and has been dropped.
    Cancelled,
    /// Its deadline has passed. It has been cancelled, and may still run until it is dropped.
    Overdue(Overdue),
}

/// A hook that was cancelled at its deadline, for [`HookSet::wait_for`].
pub(crate) struct Overdue(Member);

impl<T: Send + 'static> HookSet<T> {
    pub(crate) fn new(time: Arc<dyn Time>) -> Self {
        Self { time, tasks: JoinSet::new(), members: Vec::new() }
    }

    /// Runs the hook of a node.
    pub(crate) fn begin<F>(&mut self, node: usize, budget: Duration, hook: F)
    where
        F: Future<Output = Result<T, BoxError>> + Send + 'static,
    {
        let began = self.time.now();
        let abort = self.tasks.spawn(hook);
        self.members.push(Member { node, task: abort.id(), abort, began, deadline: began.saturating_add(budget) });
    }

    /// Whether something of the node still runs.
    #[cfg(feature = "health")]
    pub(crate) fn runs(&self, node: usize) -> bool {
        self.members.iter().any(|member| member.node == node)
    }

    /// Cancels what runs of the node; it ends as cancelled.
    #[cfg(feature = "health")]
    pub(crate) fn cancel_node(&self, node: usize) {
        self.members.iter().filter(|member| member.node == node).for_each(|member| member.abort.abort());
    }

    /// Cancels every hook; each has `grace` to be dropped, and then counts as overdue.
    pub(crate) fn cancel(&mut self, grace: impl Fn(usize) -> Duration) {
        let now = self.time.now();
        for member in &mut self.members {
            member.abort.abort();
            member.deadline = now.saturating_add(grace(member.node));
        }
    }

    /// Waits once more for a hook that was cancelled at its deadline.
    pub(crate) fn wait_for(&mut self, Overdue(mut member): Overdue, grace: Duration) {
        member.deadline = self.time.now().saturating_add(grace);
        self.members.push(member);
    }

    /// The next hook that ends or is overdue; nothing if none runs. It may be dropped and called again.
    pub(crate) async fn next(&mut self) -> Option<Ended<T>> {
        loop {
            let deadline = self.members.iter().map(|member| member.deadline).min()?;
            tokio::select! {
                biased;
                joined = self.tasks.join_next_with_id() => {
                    let (task, end) = match joined? {
                        Ok((task, Ok(output))) => (task, End::Done(output)),
                        Ok((task, Err(error))) => (task, End::Failed(Failure::Error(error))),
                        Err(error) => (error.id(), not_joined(error)),
                    };
                    // Whoever is no member any more was overdue, and has been told.
                    if let Some(member) = self.leave(|member| member.task == task) {
                        return Some(self.ended(&member, end));
                    }
                }
                () = self.time.sleep_until(deadline) => {
                    if let Some(member) = self.leave(|member| member.deadline == deadline) {
                        member.abort.abort();
                        let ended = self.ended(&member, End::Cancelled);
                        return Some(Ended { end: End::Overdue(Overdue(member)), ..ended });
                    }
                }
            }
        }
    }

    fn leave(&mut self, who: impl Fn(&Member) -> bool) -> Option<Member> {
        let place = self.members.iter().position(who)?;
        Some(self.members.remove(place))
    }

    fn ended(&self, member: &Member, end: End<T>) -> Ended<T> {
        Ended { node: member.node, took: self.time.now().saturating_sub(member.began), end }
    }
}

fn not_joined<T>(error: JoinError) -> End<T> {
    match error.try_into_panic() {
        Ok(payload) => End::Failed(Failure::Panicked(panics::message(&*payload))),
        Err(_cancelled) => End::Cancelled,
    }
}
