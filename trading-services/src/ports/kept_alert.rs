//! An alert as it is kept, with what became of it.

use std::fmt;

use serde::Serialize;

use super::Alert;
use crate::model::Timestamp;

/// An alert with what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeptAlert {
    /// The alert.
    #[serde(flatten)]
    pub alert: Alert,
    /// The last word of each channel, by its name.
    pub deliveries: Vec<AlertDelivery>,
    /// Who has seen it, if anybody has.
    pub acknowledged: Option<Acknowledgement>,
}

/// The last word of a channel about an alert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AlertDelivery {
    /// The channel.
    pub channel: String,
    /// When it said so.
    pub time: Timestamp,
    /// Why it could not deliver, if so.
    pub error: Option<String>,
}

/// Who has seen an alert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Acknowledgement {
    /// Who.
    pub by: String,
    /// When.
    pub time: Timestamp,
}

impl KeptAlert {
    /// Whether a channel could not deliver it.
    pub fn is_dead(&self) -> bool {
        self.deliveries.iter().any(|delivery| delivery.error.is_some())
    }
}

impl fmt::Display for KeptAlert {
    /// `12 2024-01-01T00:00:00Z warning simulated:BTCUSDT: fell (delivered by log; acknowledged by ann)`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Alert { id, time, level, message, .. } = &self.alert;
        write!(f, "{id} {time} {level} {message} (")?;
        if self.deliveries.is_empty() {
            f.write_str("not delivered yet")?;
        }
        for (index, AlertDelivery { channel, error, .. }) in self.deliveries.iter().enumerate() {
            let separator = if index == 0 { "" } else { "; " };
            match error {
                None => write!(f, "{separator}delivered by {channel}")?,
                Some(error) => write!(f, "{separator}dead at {channel}: {error}")?,
            }
        }
        match &self.acknowledged {
            Some(Acknowledgement { by, .. }) => write!(f, "; acknowledged by {by})"),
            None => f.write_str("; not acknowledged)"),
        }
    }
}
