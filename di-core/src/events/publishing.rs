//! A publication, from the first subscriber to the last.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::blocking::block_on;

/// A publication: whoever had room has the event, and those who want the publisher to wait may be missing.
///
/// There are three ways to end it: `.await` waits for room, [`blocking`](Self::blocking) does so in a thread, and
/// [`now`](Self::now) does not wait. Given up half-way, each missing delivery counts as lagged.
///
/// ```
/// use di_core::events::{Bus, Event, Overflow, PublishError};
///
/// #[derive(Debug, Clone)]
/// struct Tick(u64);
///
/// impl Event for Tick {
///     const TOPIC: &'static str = "market.tick";
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), PublishError> {
/// let bus = Bus::new();
/// let ticks = bus.topic::<Tick>();
/// let mut journal = ticks.subscribe("journal", Overflow::Wait(1));
///
/// ticks.publish(Tick(1)).await?;
/// assert_eq!(ticks.publish(Tick(2)).now(), Err(PublishError::Slow { subscribers: 1 }));
/// assert_eq!(journal.next().await.map(|tick| tick.0), Some(1));
///
/// bus.close();
/// assert_eq!(ticks.publish(Tick(3)).await, Err(PublishError::Closed));
/// # Ok(())
/// # }
/// ```
#[must_use = "`.await` it to wait for slow subscribers, or end it with `.now()` or `.blocking()`"]
pub struct Publishing(State);

enum State {
    Done,
    Closed,
    Waiting(Vec<Waiting>),
}

/// The rest of one delivery.
pub(super) type Waiting = Pin<Box<dyn Future<Output = ()> + Send>>;

impl Publishing {
    #[inline]
    pub(super) fn done() -> Self {
        Self(State::Done)
    }

    #[inline]
    pub(super) fn closed() -> Self {
        Self(State::Closed)
    }

    pub(super) fn waiting(rest: Vec<Waiting>) -> Self {
        Self(if rest.is_empty() { State::Done } else { State::Waiting(rest) })
    }

    /// Ends it without waiting: who has no room does not get the event.
    ///
    /// # Errors
    ///
    /// [`PublishError::Slow`] if the event is missing somewhere, [`PublishError::Closed`] if it is missing everywhere.
    #[inline]
    pub fn now(self) -> Result<(), PublishError> {
        match self.0 {
            State::Done => Ok(()),
            State::Closed => Err(PublishError::Closed),
            State::Waiting(rest) => Err(PublishError::Slow { subscribers: rest.len() }),
        }
    }

    /// Ends it by blocking this thread until there is room. In async code this would stop the very tasks that are to
    /// make room: use `.await` there.
    ///
    /// # Errors
    ///
    /// [`PublishError::Closed`] if the bus had been closed before.
    pub fn blocking(self) -> Result<(), PublishError> {
        block_on(self)
    }
}

impl Future for Publishing {
    type Output = Result<(), PublishError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let rest = match &mut self.0 {
            State::Done => return Poll::Ready(Ok(())),
            State::Closed => return Poll::Ready(Err(PublishError::Closed)),
            State::Waiting(rest) => rest,
        };
        // All are polled each time, so that one that stays slow does not hold up another that has room again.
        rest.retain_mut(|one| one.as_mut().poll(context).is_pending());
        if !rest.is_empty() {
            return Poll::Pending;
        }
        self.0 = State::Done;
        Poll::Ready(Ok(()))
    }
}

impl fmt::Debug for Publishing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            State::Done => f.write_str("Publishing(done)"),
            State::Closed => f.write_str("Publishing(closed)"),
            State::Waiting(rest) => write!(f, "Publishing(waiting for {})", rest.len()),
        }
    }
}

/// Why an event is missing somewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PublishError {
    /// The bus is closed or gone; nobody has the event.
    Closed,
    /// Subscribers that want publishers to wait had no room, and this publisher did not wait.
    Slow {
        /// How many do not have the event; all others have it.
        subscribers: usize,
    },
}

impl fmt::Display for PublishError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Closed => f.write_str("the event bus is closed"),
            Self::Slow { subscribers } => write!(f, "{subscribers} subscribers had no room for the event"),
        }
    }
}

impl std::error::Error for PublishError {}
