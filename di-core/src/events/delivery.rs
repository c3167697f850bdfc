//! How a handler gets its events, one after the other.

use super::dead_letters::DeadLetter;
use super::event::Event;
use super::handler::Handler;
use super::queue::Queue;
use super::retry::{GivenUp, Retry, attempt};
use super::subscriber::Subscriber;
use crate::service::BoxError;

/// Delivers until the end.
pub(super) async fn deliver<E: Event, H: Handler<E>>(mut subscriber: Subscriber<E>, retry: Retry, handler: H) {
    while let Some(event) = subscriber.take().await {
        settle(&subscriber.queue, retry, &event, || handler.handle(&event)).await;
    }
}

/// Sees one event to its end: handled, or a dead letter; counted as lagged if this is dropped before.
pub(super) async fn settle<E, R>(queue: &Queue<E>, retry: Retry, event: &E, once: impl FnMut() -> R)
where
    E: Event,
    R: Future<Output = Result<(), BoxError>>,
{
    let owed = queue.owe();
    match attempt(retry, once).await {
        Ok(()) => owed.delivered(),
        Err(GivenUp { attempts, error }) => {
            let subscriber = queue.name.clone();
            queue.ledger.dead.put(DeadLetter { event: event.clone(), subscriber, attempts, error });
            owed.failed();
        }
    }
}
