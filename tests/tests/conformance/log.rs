//! A log of what happened, in order.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A list of events that services write and tests read; clones share it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    /// Adds an event.
    pub(crate) fn note(&self, event: &str) {
        self.events_mut().push(event.to_owned());
    }

    fn events_mut(&self) -> MutexGuard<'_, Vec<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was noted so far, oldest first.
    pub(crate) fn events(&self) -> Vec<String> {
        self.events_mut().clone()
    }
}

/// Notes the end of whoever holds it.
#[derive(Debug)]
pub(crate) struct NotesDrop {
    log: Log,
    name: &'static str,
}

impl NotesDrop {
    /// Notes the beginning, and later the end.
    pub(crate) fn new(log: &Log, name: &'static str) -> Self {
        log.note(&format!("made {name}"));
        Self { log: log.clone(), name }
    }
}

impl Drop for NotesDrop {
    fn drop(&mut self) {
        self.log.note(&format!("dropped {}", self.name));
    }
}
