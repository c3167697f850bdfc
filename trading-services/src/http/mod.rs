//! What can be asked over the network: is it alive, is it ready, how is everything, what has it counted.

mod error;
mod routes;
mod server;

pub use error::HttpError;
pub use server::HttpServer;
