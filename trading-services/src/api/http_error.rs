//! Errors of the HTTP server.

use std::net::SocketAddr;

/// Why the platform does not answer over the network.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// Nobody can listen at the configured address.
    #[error("expected a free address for `http.address`, found {address}: {source}")]
    Bind {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// It listened, and does not any more.
    #[error("expected to answer requests: {0}")]
    Serve(#[source] std::io::Error),
}
