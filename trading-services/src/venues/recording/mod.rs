//! Recordings of live runs, as the replay reads them.

mod header;
mod history;
mod note;
mod recorder;

pub use header::Header;
pub(in crate::venues) use history::{Asked, BEGIN as HISTORY, History};
pub(in crate::venues) use note::{BEGIN, Note, State};
pub use recorder::RecorderError;
pub(in crate::venues) use recorder::{Outcome, Recorder};
