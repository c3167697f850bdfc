//! The event bus: typed topics through which services tell each other what happened, without knowing each other.
//!
//! Each type of event is a [`Topic`], so that a publisher and a subscriber cannot miss each other. There are three ways
//! to hear of an event:
//!
//! | | runs | when it is slow | when it fails |
//! | --- | --- | --- | --- |
//! | [`Topic::observe`] | in the publisher's thread | the publisher is | dead letter |
//! | [`Topic::subscribe`] | where [`Subscriber::next`] is called | as [`Overflow`] says | is its own affair |
//! | [`Subscriber::handle`] | in a task | as [`Overflow`] says | [`Retry`], then dead letter |
//!
//! ```
//! use std::sync::Arc;
//! use di_core::events::{Bus, Event, Handler, Overflow, Topic};
//! use di_core::error::BoxError;
//! use di_core::{container, service};
//!
//! #[derive(Debug, Clone)]
//! pub struct Filled {
//!     quantity: u64,
//! }
//!
//! impl Event for Filled {
//!     const TOPIC: &'static str = "order.filled";
//! }
//!
//! #[service]
//! pub struct Desk {
//!     filled: Arc<Topic<Filled>>,
//! }
//!
//! #[service]
//! pub struct Journal;
//!
//! impl Handler<Filled> for Journal {
//!     async fn handle(&self, filled: &Filled) -> Result<(), BoxError> {
//!         if filled.quantity > 0 { Ok(()) } else { Err("nothing was filled".into()) }
//!     }
//! }
//!
//! #[container]
//! pub struct App {
//!     bus: Bus,
//!     filled: Topic<Filled>,
//!     desk: Desk,
//!     journal: Journal,
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let app = App::build(AppInputs {});
//! let topic: Arc<Topic<Filled>> = app.shared();
//! let journal: Arc<Journal> = app.shared();
//! let writing = tokio::spawn(topic.subscribe("journal", Overflow::Wait(1_024)).handle(journal));
//!
//! app.get::<Desk>().filled.publish(Filled { quantity: 7 }).await?;
//! app.get::<Bus>().close();
//! writing.await?;
//! assert_eq!(topic.counters().delivered, 1);
//! # Ok(())
//! # }
//! ```
//!
//! An event that a topic accepted is delivered to each of its subscribers exactly once, or counted as failed or lagged:
//! see [`Counters`]. The [`bridge`] carries events to other processes, at least once on the way and once in the end.

mod blocking;
pub mod bridge;
mod buffer;
#[expect(
    clippy::allow_attributes,
    clippy::allow_attributes_without_reason,
    reason = "`write_service!` has one, which is of this crate here"
)]
mod bus;
mod core;
mod counters;
mod dead_letters;
mod delivery;
mod event;
mod handler;
mod history;
#[cfg(feature = "metrics")]
mod metrics;
mod publisher;
mod publishing;
mod queue;
mod queue_set;
mod report;
mod retry;
mod subscriber;
mod subscription;
mod sync;
#[expect(
    clippy::allow_attributes,
    clippy::allow_attributes_without_reason,
    reason = "`write_service!` has one, which is of this crate here"
)]
mod topic;

pub use bus::{Bus, IEventBus};
pub use counters::Counters;
pub use dead_letters::DeadLetter;
pub use event::{AnyEvent, Event, HISTORY};
pub use handler::Handler;
pub use history::Recorded;
pub use publisher::Publisher;
pub use publishing::{PublishError, Publishing};
pub use queue::Overflow;
pub use report::{QueueReport, TopicReport};
pub use retry::Retry;
pub use subscriber::Subscriber;
pub use subscription::Subscription;
pub use topic::Topic;
