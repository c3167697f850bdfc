//! Settings of the HTTP server.

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

use crate::ports::{Rules, Section};

/// What can be asked over the network.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Whether anything is answered: the page, its API, `/health`, `/healthz`, `/readyz` and `/metrics`.
    pub enabled: bool,
    /// Whether the page and its API are, too.
    pub page: bool,
    /// Where, like `127.0.0.1:9464`: an address of this machine only, and it must be free. Port 0 is any free port. Without it, `127.0.0.1:9464`, or any free
    /// port of this machine where that is taken.
    pub address: Option<SocketAddr>,
}

impl Default for Settings {
    fn default() -> Self {
        Self { enabled: true, page: true, address: None }
    }
}

impl Section for Settings {
    const NAME: &'static str = "http";

    fn check(&self, rules: &mut Rules) {
        if let Some(address) = self.address {
            // There are no accounts yet: whoever can ask can act.
            rules.require(
                "address",
                address.ip().is_loopback(),
                "an address of this machine only, such as 127.0.0.1",
                address,
            );
        }
    }
}
