//! Commands to a running application: start or stop one service.

use tokio::sync::oneshot;

use super::error::{StartError, StopError};
use super::report::{StartReport, StopReport};

/// Whoever gave it is told how it ended; who does not wait any more does not undo it.
#[derive(Debug)]
pub(super) enum Command {
    /// Start the node, and what it needs.
    Start { node: usize, done: oneshot::Sender<Result<StartReport, StartError>> },
    /// Stop the node, and what needs it.
    Stop { node: usize, done: oneshot::Sender<Result<StopReport, StopError>> },
}
