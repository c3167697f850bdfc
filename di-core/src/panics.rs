//! Panics of the user's code, caught as values.

use std::any::Any;
#[cfg(any(feature = "events", feature = "lifecycle"))]
use std::future::{Future, poll_fn};
#[cfg(any(feature = "events", feature = "lifecycle"))]
use std::panic::{AssertUnwindSafe, catch_unwind};
#[cfg(any(feature = "events", feature = "lifecycle"))]
use std::pin::pin;
#[cfg(any(feature = "events", feature = "lifecycle"))]
use std::task::Poll;

/// Runs the future; its panic is returned as its message.
///
/// What the panic left half-changed is seen by nobody here: the future is dropped, and whoever shares state with others
/// guards it by its own locks.
#[cfg(any(feature = "events", feature = "lifecycle"))]
pub(crate) async fn caught_async<F: Future>(future: F) -> Result<F::Output, String> {
    let mut future = pin!(future);
    poll_fn(|context| match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))) {
        Ok(Poll::Pending) => Poll::Pending,
        Ok(Poll::Ready(output)) => Poll::Ready(Ok(output)),
        Err(payload) => Poll::Ready(Err(message(&*payload))),
    })
    .await
}

/// Runs the function; its panic is returned as its message.
#[cfg(feature = "events")]
pub(crate) fn caught<T>(function: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(function)).map_err(|payload| message(&*payload))
}

/// What was said when it panicked.
pub(crate) fn message(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&'static str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("a value that is not text").to_owned()
}
