//! Lengths of candles, and the candle into which a moment falls.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use crate::model::Timestamp;

/// The length of a candle; candles begin at multiples of it since 1970-01-01 UTC.
///
/// ```
/// use trading_services::model::{Timeframe, Timestamp};
///
/// let frame: Timeframe = "5m".parse()?;
/// let time: Timestamp = "2024-01-01T10:07:30Z".parse()?;
/// assert_eq!(frame.open_of(time), "2024-01-01T10:05:00Z".parse()?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Timeframe {
    /// One second, `1s`.
    S1,
    /// One minute, `1m`.
    M1,
    /// Five minutes, `5m`.
    M5,
    /// Thirty minutes, `30m`.
    M30,
    /// Four hours, `4h`.
    H4,
    /// One day from midnight UTC, `1d`.
    D1,
}

/// Why a text is not a timeframe.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected a timeframe, one of 1s, 1m, 5m, 30m, 4h, 1d, found `{0}`")]
pub struct TimeframeError(pub String);

impl Timeframe {
    /// All of them, shortest first.
    pub const ALL: [Self; 6] = [Self::S1, Self::M1, Self::M5, Self::M30, Self::H4, Self::D1];

    /// Its length.
    pub const fn duration(self) -> Duration {
        Duration::from_secs(match self {
            Self::S1 => 1,
            Self::M1 => 60,
            Self::M5 => 300,
            Self::M30 => 1_800,
            Self::H4 => 14_400,
            Self::D1 => 86_400,
        })
    }

    /// The short name, as in configuration and on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::S1 => "1s",
            Self::M1 => "1m",
            Self::M5 => "5m",
            Self::M30 => "30m",
            Self::H4 => "4h",
            Self::D1 => "1d",
        }
    }

    /// When the candle opened that `time` falls into.
    pub fn open_of(self, time: Timestamp) -> Timestamp {
        let length = self.duration().as_secs() * 1_000_000_000;
        Timestamp::from_nanos(time.as_nanos() - time.as_nanos() % length)
    }
}

impl FromStr for Timeframe {
    type Err = TimeframeError;

    fn from_str(text: &str) -> Result<Self, TimeframeError> {
        let known = Self::ALL.into_iter().find(|frame| frame.as_str() == text);
        known.ok_or_else(|| TimeframeError(text.to_owned()))
    }
}

impl fmt::Display for Timeframe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl serde::Serialize for Timeframe {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> serde::Deserialize<'de> for Timeframe {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_timeframe_is_read_from_its_own_name() {
        for frame in Timeframe::ALL {
            assert_eq!(frame.as_str().parse(), Ok(frame));
        }
    }

    #[test]
    fn a_day_opens_at_midnight_utc() {
        let time: Timestamp = "2024-02-29T23:59:59Z".parse().unwrap();
        assert_eq!(Timeframe::D1.open_of(time), "2024-02-29T00:00:00Z".parse().unwrap());
    }
}
