//! The channel that writes alerts to the log.

use crate::ports::{Alert, AlertLevel, ChannelError, IAlertChannel};

/// Writes alerts through `tracing`, target `alerts`; always enabled.
#[derive(Debug, Clone, Copy, Default)]
pub struct LogChannel;

#[di_core::service(provides = IAlertChannel)]
impl LogChannel {
    /// The channel.
    #[constructor]
    pub fn new() -> Self {
        Self
    }
}

#[di_core::interface]
impl IAlertChannel for LogChannel {
    fn name(&self) -> &'static str {
        "log"
    }

    fn is_enabled(&self) -> bool {
        true
    }

    async fn deliver(&self, alert: &Alert) -> Result<(), ChannelError> {
        let Alert { id, time, rule, message, .. } = alert;
        match alert.level {
            AlertLevel::Info => tracing::info!(target: "alerts", id, %time, rule, "{message}"),
            AlertLevel::Warning => tracing::warn!(target: "alerts", id, %time, rule, "{message}"),
            AlertLevel::Error | AlertLevel::Critical => {
                tracing::error!(target: "alerts", id, %time, rule, "{message}");
            }
        }
        Ok(())
    }
}
