//! The smallest container: two services, one interface, no cost.
//!
//! `cargo run -p di-core --example getting_started`

use std::io::Write;
use std::sync::Arc;

use di_core::{Container, container, interface, service};

/// What the time is.
#[interface]
trait IClock {
    /// Milliseconds since the Unix epoch.
    fn now_ms(&self) -> u64;
}

/// A clock that stands still.
#[service(provides = IClock)]
#[derive(Debug)]
struct StoppedClock;

impl IClock for StoppedClock {
    fn now_ms(&self) -> u64 {
        1_700_000_000_000
    }
}

/// Writes down when something happened.
#[service]
struct Journal {
    clock: Arc<dyn IClock>,
}

impl Journal {
    fn line(&self, what: &str) -> String {
        format!("{} {what}", self.clock.now_ms())
    }
}

/// What exists.
#[container]
struct App {
    journal: Journal,
    clock: StoppedClock,
}

fn main() -> std::io::Result<()> {
    let app = App::build(AppInputs {});
    let mut out = std::io::stdout().lock();
    write!(out, "{}", App::GRAPH)?;
    writeln!(out, "{}", app.get::<Journal>().line("started"))
}
