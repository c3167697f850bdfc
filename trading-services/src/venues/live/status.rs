//! The state of a venue's connections, for its health and the metrics.

use std::collections::BTreeMap;
use std::sync::Mutex;

use crate::model::Symbol;
use crate::sync::lock;
use crate::venues::recording::{Note, State};

/// What is known of the connections of a venue.
#[derive(Debug, Default)]
pub(super) struct Status(Mutex<Figures>);

/// The figures.
#[derive(Debug, Clone, Default)]
pub(super) struct Figures {
    /// Connections that were made.
    pub(super) opened: u64,
    /// Connections that were lost, or not made.
    pub(super) lost: u64,
    /// Connections that took the place of others.
    pub(super) replaced: u64,
    /// By connection, what is wrong with it now.
    pub(super) troubles: BTreeMap<usize, String>,
    /// By symbol, why the rules of its orders were not told yet.
    pub(super) without_rules: BTreeMap<Symbol, String>,
}

impl Status {
    pub(super) fn note(&self, venue: &'static str, connection: usize, note: &Note) {
        let mut figures = lock(&self.0);
        let state = match note.connection {
            State::Opened => {
                // What was wrong with the one before is over when this one brings something.
                figures.opened += 1;
                "opened"
            }
            State::Replaced => {
                figures.replaced += 1;
                "replaced"
            }
            State::Lost | State::Failed => {
                figures.lost += 1;
                figures.troubles.insert(connection, note.reason.clone());
                "lost"
            }
            State::Degraded => {
                figures.troubles.insert(connection, note.reason.clone());
                "degraded"
            }
        };
        metrics::counter!("venue_connections_total", "venue" => venue, "state" => state).increment(1);
        tracing::info!(venue, connection, state, reason = note.reason, "connection");
    }

    /// All subscriptions of the connection bring something.
    pub(super) fn well(&self, connection: usize) {
        lock(&self.0).troubles.remove(&connection);
    }

    /// The venue has told the rules of a symbol.
    pub(super) fn has_rules(&self, symbol: &Symbol) {
        lock(&self.0).without_rules.remove(symbol);
    }

    /// The venue was asked for the rules of a symbol and has not told them; true when that was not known before.
    pub(super) fn has_no_rules(&self, symbol: &Symbol, reason: &str) -> bool {
        lock(&self.0).without_rules.insert(symbol.clone(), reason.to_owned()).is_none()
    }

    pub(super) fn forget_rules(&self) {
        lock(&self.0).without_rules.clear();
    }

    pub(super) fn figures(&self) -> Figures {
        lock(&self.0).clone()
    }
}
