//! Where does an alert go.

use crate::alerts::{Alert, ChannelError};

/// One way to reach somebody.
#[di_core::interface]
pub trait IAlertChannel {
    /// The channel's name in reports.
    fn name(&self) -> &'static str;

    /// Whether configuration gave it somewhere to deliver to.
    fn is_enabled(&self) -> bool;

    /// Delivers one alert, with the channel's own retries.
    ///
    /// # Errors
    /// [`ChannelError`] when it could not be delivered for good.
    async fn deliver(&self, alert: &Alert) -> Result<(), ChannelError>;
}
