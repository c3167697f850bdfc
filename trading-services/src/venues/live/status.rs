//! The state of a venue's connections, for its health and the metrics.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use tokio::sync::watch;

use crate::model::Symbol;
use crate::sync::lock;
use crate::venues::recording::{Note, State};

/// What is known of the connections of a venue.
#[derive(Debug, Default)]
pub(super) struct Status {
    figures: Mutex<Figures>,
    /// How many connections were made again after they had been lost.
    reopened: watch::Sender<u64>,
}

/// The figures.
#[derive(Debug, Clone, Default)]
pub(super) struct Figures {
    /// Connections that were made.
    pub(super) opened: u64,
    /// Connections that were lost, or not made.
    pub(super) lost: u64,
    /// Connections that took the place of others.
    pub(super) replaced: u64,
    /// The connections that were lost and not made again yet.
    gone: BTreeSet<usize>,
    /// By connection, what is wrong with it now.
    pub(super) troubles: BTreeMap<usize, String>,
    /// By symbol, why the rules of its orders were not told yet.
    pub(super) without_rules: BTreeMap<Symbol, String>,
    /// By symbol, why the candles of before its trades are not known yet.
    pub(super) without_candles: BTreeMap<Symbol, String>,
    /// The symbols that the venue has told the rules of, and lists no longer.
    pub(super) unlisted: BTreeSet<Symbol>,
}

impl Status {
    pub(super) fn note(&self, venue: &'static str, connection: usize, note: &Note) {
        let mut figures = lock(&self.figures);
        let state = match note.connection {
            State::Opened => {
                // What was wrong with the one before is over when this one brings something.
                figures.opened += 1;
                if figures.gone.remove(&connection) {
                    self.reopened.send_modify(|count| *count += 1);
                }
                "opened"
            }
            State::Replaced => {
                figures.replaced += 1;
                "replaced"
            }
            State::Resumed => "resumed",
            State::Lost | State::Failed => {
                figures.lost += 1;
                if note.connection == State::Lost {
                    figures.gone.insert(connection);
                }
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
        lock(&self.figures).troubles.remove(&connection);
    }

    /// Changes when a connection that was lost is made again.
    pub(super) fn reopened(&self) -> watch::Receiver<u64> {
        self.reopened.subscribe()
    }

    /// The venue has told the rules of a symbol.
    pub(super) fn has_rules(&self, symbol: &Symbol) {
        let mut figures = lock(&self.figures);
        figures.without_rules.remove(symbol);
        figures.unlisted.remove(symbol);
    }

    /// The venue was asked for the rules of a symbol and has not told them; true when that was not known before.
    pub(super) fn has_no_rules(&self, symbol: &Symbol, reason: &str) -> bool {
        lock(&self.figures).without_rules.insert(symbol.clone(), reason.to_owned()).is_none()
    }

    /// The venue has told the rules of a symbol, and does not know it any more.
    pub(super) fn lists_no_longer(&self, symbol: &Symbol) {
        lock(&self.figures).unlisted.insert(symbol.clone());
    }

    /// What an earlier stream was not told does not count for the next one.
    pub(super) fn forget_requests(&self) {
        let mut figures = lock(&self.figures);
        figures.without_rules.clear();
        figures.unlisted.clear();
        figures.without_candles.clear();
    }

    /// All candles of a symbol that were asked for are told.
    pub(super) fn has_candles(&self, symbol: &Symbol) {
        lock(&self.figures).without_candles.remove(symbol);
    }

    /// The venue was asked for candles of a symbol and has not told them; true when that was not known before.
    pub(super) fn has_no_candles(&self, symbol: &Symbol, reason: &str) -> bool {
        lock(&self.figures).without_candles.insert(symbol.clone(), reason.to_owned()).is_none()
    }

    pub(super) fn figures(&self) -> Figures {
        lock(&self.figures).clone()
    }
}
