//! The watch of one instrument, made again after a panic.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use di_core::lifecycle::Stopping;
use tokio::sync::watch;

use crate::model::InstrumentId;
use crate::panics::caught;
use crate::ports::{ISymbolWatch, ISymbolWatches, MonitorError, SymbolHealth};

/// The watch of one instrument, in which a panic stays: the watch is then thrown away, and a new one made when the
/// supervisor restarts the task that keeps it.
///
/// Who looks at a message does so in the caller's thread, because the order of alerts must follow from events alone; the
/// task only waits.
pub(super) struct Supervised {
    instrument: InstrumentId,
    watches: Arc<dyn ISymbolWatches>,
    state: watch::Sender<State>,
    restarts: AtomicU64,
}

enum State {
    Watching(Arc<dyn ISymbolWatch>),
    Panicked(String),
    /// Nobody wants to know any more.
    Removed,
}

impl Supervised {
    pub(super) fn new(instrument: InstrumentId, watches: Arc<dyn ISymbolWatches>) -> Self {
        let state = watch::Sender::new(State::Watching(watches.make(&instrument)));
        Self { instrument, watches, state, restarts: AtomicU64::new(0) }
    }

    /// Lets the watch look at something, unless it has panicked and was not made anew yet.
    pub(super) fn look(&self, at: impl FnOnce(&dyn ISymbolWatch)) {
        let Some(watch) = self.watch() else {
            return;
        };
        // The watch is thrown away after a panic: nobody sees it half-changed.
        if let Err(message) = caught(|| at(&*watch)) {
            tracing::error!(instrument = %self.instrument, message, "the watch panicked");
            self.state.send_replace(State::Panicked(message));
        }
    }

    /// How the instrument is; `None` while its watch waits to be made anew.
    pub(super) fn health(&self) -> Option<SymbolHealth> {
        let watch = self.watch()?;
        Some(SymbolHealth { restarts: self.restarts.load(Ordering::Relaxed), ..watch.health() })
    }

    /// Ends the task that keeps it.
    pub(super) fn remove(&self) {
        self.state.send_replace(State::Removed);
    }

    /// Keeps the watch until it is removed or to stop; makes it anew if it had panicked.
    ///
    /// # Errors
    /// [`MonitorError::WatchPanicked`], for the supervisor to decide whether there is another time.
    pub(super) async fn keep(&self, stopping: &Stopping) -> Result<(), MonitorError> {
        if matches!(*self.state.borrow(), State::Panicked(_)) {
            self.restarts.fetch_add(1, Ordering::Relaxed);
            self.state.send_replace(State::Watching(self.watches.make(&self.instrument)));
        }
        let mut state = self.state.subscribe();
        tokio::select! {
            () = stopping.requested() => Ok(()),
            changed = state.wait_for(|state| !matches!(state, State::Watching(_))) => match changed.as_deref() {
                Ok(State::Panicked(message)) => Err(MonitorError::WatchPanicked {
                    instrument: self.instrument.clone(),
                    message: message.clone(),
                }),
                _ => Ok(()),
            },
        }
    }

    fn watch(&self) -> Option<Arc<dyn ISymbolWatch>> {
        match &*self.state.borrow() {
            State::Watching(watch) => Some(Arc::clone(watch)),
            State::Panicked(_) | State::Removed => None,
        }
    }
}
