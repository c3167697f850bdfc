//! Live venues: connections that heal themselves, requests within the venue's limits, recordings of both.

mod body;
mod budget;
mod candles;
#[cfg(feature = "live")]
mod client;
#[cfg(not(feature = "live"))]
#[path = "no_client.rs"]
mod client;
mod door;
mod error;
mod exchange;
mod link;
mod pace;
mod plan;
mod protocol;
mod requests;
mod rest;
mod rules;
mod session;
mod settings;
#[cfg(feature = "live")]
mod socket;
#[cfg(not(feature = "live"))]
#[path = "no_socket.rs"]
mod socket;
mod status;
mod stream;
mod watch;

pub use budget::Limit;
pub use error::LiveError;
pub use exchange::LiveExchange;
pub(in crate::venues) use plan::encoded;
pub use plan::{Answer, Plan, Request, Resync, Rhythm};
pub use protocol::Protocol;
pub(in crate::venues) use protocol::unknown_symbol;
pub use rest::RestClients;
pub use settings::{Endpoints, Settings};
pub use stream::LiveStream;
