//! Acts over the network.

use serde::Serialize;
use utoipa::ToSchema;

use crate::ports::Act;

/// Something that somebody asked the platform to do.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct ActRow {
    /// Its number, rising from 1.
    id: u64,
    /// When it was asked for, by the clock of the machine.
    time: String,
    /// What: method and path.
    act: String,
    /// With what.
    body: String,
    /// What was answered.
    status: u16,
}

impl From<&Act> for ActRow {
    fn from(act: &Act) -> Self {
        let Act { id, time, act, body, status } = act;
        Self { id: *id, time: time.to_string(), act: act.clone(), body: body.clone(), status: *status }
    }
}
