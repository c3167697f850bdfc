//! What if the watch of one symbol panics.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use di_core::Factory;
use di_core::lifecycle::Stopping;
use tokio::sync::watch;

use super::{MonitorError, SymbolHealth, SymbolWatch};
use crate::app::{SymbolScope, SymbolScopeInputs};
use crate::domain::Symbol;
use crate::panics::caught;

/// How scopes are made, one per symbol.
pub(super) type Scopes = Factory<SymbolScope, (SymbolScopeInputs,)>;

/// The scope of one symbol, in which a panic stays: the scope is then thrown away, and a new one made when the
/// supervisor restarts the task that keeps it.
///
/// Who looks at a message does so in the caller's thread, because the order of alerts must follow from events alone; the
/// task only waits.
pub(super) struct Supervised {
    symbol: Symbol,
    scopes: Scopes,
    state: watch::Sender<State>,
    restarts: AtomicU64,
}

enum State {
    Watching(Arc<SymbolScope>),
    Panicked(String),
    /// Nobody wants to know any more.
    Removed,
}

impl Supervised {
    pub(super) fn new(symbol: Symbol, scopes: Scopes) -> Self {
        let scope = scope(&scopes, &symbol);
        Self { symbol, scopes, state: watch::Sender::new(State::Watching(scope)), restarts: AtomicU64::new(0) }
    }

    /// Lets the watch look at something, unless it has panicked and was not made anew yet.
    pub(super) fn look(&self, at: impl FnOnce(&SymbolWatch)) {
        let Some(scope) = self.scope() else {
            return;
        };
        // What the scope holds is thrown away after a panic: nobody sees it half-changed.
        if let Err(message) = caught(|| at(scope.get())) {
            tracing::error!(symbol = %self.symbol, message, "the watch panicked");
            self.state.send_replace(State::Panicked(message));
        }
    }

    /// How the symbol is; `None` while its watch waits to be made anew.
    pub(super) fn health(&self) -> Option<SymbolHealth> {
        let scope = self.scope()?;
        Some(SymbolHealth { restarts: self.restarts.load(Ordering::Relaxed), ..scope.get::<SymbolWatch>().health() })
    }

    /// Ends the task that keeps it.
    pub(super) fn remove(&self) {
        self.state.send_replace(State::Removed);
    }

    /// Keeps the scope until it is removed or to stop; makes it anew if it had panicked.
    ///
    /// # Errors
    /// [`MonitorError::WatchPanicked`], for the supervisor to decide whether there is another time.
    pub(super) async fn keep(&self, stopping: &Stopping) -> Result<(), MonitorError> {
        if matches!(*self.state.borrow(), State::Panicked(_)) {
            self.restarts.fetch_add(1, Ordering::Relaxed);
            self.state.send_replace(State::Watching(scope(&self.scopes, &self.symbol)));
        }
        let mut state = self.state.subscribe();
        tokio::select! {
            () = stopping.requested() => Ok(()),
            changed = state.wait_for(|state| !matches!(state, State::Watching(_))) => match changed.as_deref() {
                Ok(State::Panicked(message)) => Err(MonitorError::WatchPanicked {
                    symbol: self.symbol.clone(),
                    message: message.clone(),
                }),
                _ => Ok(()),
            },
        }
    }

    fn scope(&self) -> Option<Arc<SymbolScope>> {
        match &*self.state.borrow() {
            State::Watching(scope) => Some(Arc::clone(scope)),
            State::Panicked(_) | State::Removed => None,
        }
    }
}

fn scope(scopes: &Scopes, symbol: &Symbol) -> Arc<SymbolScope> {
    Arc::new(scopes.make((SymbolScopeInputs { symbol: symbol.clone() },)))
}
