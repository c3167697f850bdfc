//! The live view: topics with sequence numbers, and the WebSocket that carries them.

mod feed;
mod hub;
mod socket;
mod topic;

pub use feed::LiveFeed;
pub(super) use feed::health;
pub(super) use socket::{Live, upgrade};
