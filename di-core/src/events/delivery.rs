//! Delivery of events to a handler, one after the other.

use std::future::{Future, pending, poll_fn};
use std::pin::{Pin, pin};
use std::task::Poll;

use super::dead_letters::DeadLetter;
use super::event::Event;
use super::handler::Handler;
use super::queue::Queue;
use super::retry::{GivenUp, Retry, attempt};
use super::subscriber::Subscriber;
use crate::error::BoxError;

/// Delivers until the end.
pub(super) async fn deliver<E: Event>(mut subscriber: Subscriber<E>, retry: Retry, handler: impl Handler<E>) {
    deliver_until(pending(), &mut subscriber, retry, &handler).await;
}

/// Delivers until the end, or until nothing is queued and `stop` is ready.
pub(super) async fn deliver_until<E: Event>(
    stop: impl Future<Output = ()>,
    subscriber: &mut Subscriber<E>,
    retry: Retry,
    handler: &impl Handler<E>,
) {
    let mut stop = pin!(stop);
    while let Some(event) = take_unless(stop.as_mut(), subscriber).await {
        settle(&subscriber.queue, retry, &event, || handler.handle(&event)).await;
    }
}

/// The next event. `stop` is looked at only when there is none: what is queued comes first.
async fn take_unless<E: Event>(
    mut stop: Pin<&mut impl Future<Output = ()>>,
    subscriber: &mut Subscriber<E>,
) -> Option<E> {
    let mut take = pin!(subscriber.take());
    poll_fn(|context| match take.as_mut().poll(context) {
        Poll::Pending => stop.as_mut().poll(context).map(|()| None),
        taken => taken,
    })
    .await
}

/// Sees one event to its end: handled, or a dead letter; counted as lagged if this is dropped before.
pub(super) async fn settle<E, R>(queue: &Queue<E>, retry: Retry, event: &E, once: impl FnMut() -> R)
where
    E: Event,
    R: Future<Output = Result<(), BoxError>>,
{
    let guard = queue.guard();
    match attempt(retry, once).await {
        Ok(()) => guard.delivered(),
        Err(GivenUp { attempts, error }) => {
            let subscriber = queue.name.clone();
            queue.shared.dead.put(DeadLetter { event: event.clone(), subscriber, attempts, error });
            guard.failed();
        }
    }
}
