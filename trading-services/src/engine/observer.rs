//! Observers of a run.

use std::io;

use crate::engine::{News, Summary};
use crate::model::MarketEvent;
use crate::ports::Ingested;

/// Is told what happens; has no influence on it, except that an error ends the run.
#[di_core::interface]
pub trait IRunObserver {
    /// A message was taken.
    ///
    /// # Errors
    /// What prevents the observer from going on.
    fn event(&self, event: &MarketEvent, ingested: &Ingested) -> io::Result<()>;

    /// A signal, a risk answer, an order, a fill or an alert that follows from the message; comes after it.
    ///
    /// # Errors
    /// What prevents the observer from going on.
    fn news(&self, news: &News) -> io::Result<()> {
        let _ = news;
        Ok(())
    }

    /// About a second has passed on the wall; `so_far` has no hash yet.
    ///
    /// # Errors
    /// What prevents the observer from going on.
    fn progress(&self, so_far: &Summary) -> io::Result<()>;
}

/// An observer that does nothing.
#[di_core::service(provides = IRunObserver)]
#[derive(Debug, Clone, Copy, Default)]
pub struct NoObserver;

impl IRunObserver for NoObserver {
    fn event(&self, _: &MarketEvent, _: &Ingested) -> io::Result<()> {
        Ok(())
    }

    fn progress(&self, _: &Summary) -> io::Result<()> {
        Ok(())
    }
}
