//! Observers of a run.

use std::io;

use crate::engine::Summary;
use crate::model::MarketEvent;
use crate::ports::{Ingested, Signal};

/// Is told what happens; has no influence on it, except that an error ends the run.
pub trait RunObserver: Send {
    /// A message was taken.
    ///
    /// # Errors
    /// What prevents the observer from going on.
    fn event(&mut self, event: &MarketEvent, ingested: &Ingested) -> io::Result<()>;

    /// A candle that the message closed gave a signal; comes after its message.
    ///
    /// # Errors
    /// What prevents the observer from going on.
    fn signal(&mut self, signal: &Signal) -> io::Result<()> {
        let _ = signal;
        Ok(())
    }

    /// About a second has passed on the wall; `so_far` has no hash yet.
    ///
    /// # Errors
    /// What prevents the observer from going on.
    fn progress(&mut self, so_far: &Summary) -> io::Result<()>;
}

/// Looks away.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoObserver;

impl RunObserver for NoObserver {
    fn event(&mut self, _: &MarketEvent, _: &Ingested) -> io::Result<()> {
        Ok(())
    }

    fn progress(&mut self, _: &Summary) -> io::Result<()> {
        Ok(())
    }
}
