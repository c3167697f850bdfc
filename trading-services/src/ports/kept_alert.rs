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

impl AlertDelivery {
    /// What is kept in place of an error from the time when an alert is raised until its channel has spoken.
    pub const PENDING: &'static str = "not delivered yet";

    /// The name under which the escalation of an alert is kept, beside those of the channels.
    pub const ESCALATION: &'static str = "escalation";

    /// Whether the channel has not spoken yet.
    pub fn is_pending(&self) -> bool {
        self.error.as_deref() == Some(Self::PENDING)
    }

    /// Whether the alert has not arrived: the channel could not deliver it, or has not yet. An escalation whose time may
    /// never come is not missed.
    pub fn is_undelivered(&self) -> bool {
        self.error.is_some() && !(self.is_pending() && self.channel == Self::ESCALATION)
    }
}

impl KeptAlert {
    /// Whether a channel could not deliver it, or has not yet.
    pub fn is_dead(&self) -> bool {
        self.deliveries.iter().any(AlertDelivery::is_undelivered)
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
        for (index, delivery) in self.deliveries.iter().enumerate() {
            let (separator, channel) = (if index == 0 { "" } else { "; " }, &delivery.channel);
            match &delivery.error {
                None => write!(f, "{separator}delivered by {channel}")?,
                Some(_) if delivery.is_pending() => write!(f, "{separator}not yet by {channel}")?,
                Some(error) => write!(f, "{separator}dead at {channel}: {error}")?,
            }
        }
        match &self.acknowledged {
            Some(Acknowledgement { by, .. }) => write!(f, "; acknowledged by {by})"),
            None => f.write_str("; not acknowledged)"),
        }
    }
}
