//! What can be asked over the network: is it alive, is it ready, how is everything, what has been told, what was counted.

mod error;
mod events;
mod routes;
mod server;

pub use error::HttpError;
pub use server::HttpServer;
