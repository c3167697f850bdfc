//! Settings of the HTTP server.

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

use crate::ports::Section;

/// What can be asked over the network.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Whether `/health`, `/healthz`, `/readyz` and `/metrics` are answered.
    pub enabled: bool,
    /// Where, like `127.0.0.1:9464`; it must be free. Port 0 is any free port. Without it, `127.0.0.1:9464`, or any free
    /// port of this machine where that is taken.
    pub address: Option<SocketAddr>,
}

impl Default for Settings {
    fn default() -> Self {
        Self { enabled: true, address: None }
    }
}

impl Section for Settings {
    const NAME: &'static str = "http";
}
