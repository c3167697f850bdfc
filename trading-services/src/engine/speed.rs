//! The pace of events: as recorded, a multiple of it, or as fast as possible.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// The pace of a simulation or a replay.
///
/// ```
/// use std::time::Duration;
/// use trading_services::engine::Speed;
///
/// let speed: Speed = "10x".parse()?;
/// assert_eq!(speed.wall(Duration::from_secs(60)), Duration::from_secs(6));
/// assert_eq!("max".parse::<Speed>()?.wall(Duration::from_secs(60)), Duration::ZERO);
/// # Ok::<(), trading_services::engine::SpeedError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Speed {
    /// No waiting.
    Max,
    /// So many times the pace of the events' own times; finite and above zero.
    Times(f64),
}

/// Why a text is not a speed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected a speed: `max`, or a number above 0.001 like `1x` or `10x`, found `{0}`")]
pub struct SpeedError(pub String);

impl Speed {
    /// How long `event_time` lasts on the wall.
    pub fn wall(self, event_time: Duration) -> Duration {
        match self {
            Self::Max => Duration::ZERO,
            Self::Times(times) => {
                Duration::try_from_secs_f64(event_time.as_secs_f64() / times).unwrap_or(Duration::MAX)
            }
        }
    }
}

impl FromStr for Speed {
    type Err = SpeedError;

    fn from_str(text: &str) -> Result<Self, SpeedError> {
        if text == "max" {
            return Ok(Self::Max);
        }
        let times: Option<f64> = text.strip_suffix('x').unwrap_or(text).parse().ok();
        times
            .filter(|times| times.is_finite() && *times >= 0.001)
            .map(Self::Times)
            .ok_or_else(|| SpeedError(text.to_owned()))
    }
}

impl fmt::Display for Speed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Max => f.write_str("max"),
            Self::Times(times) => write!(f, "{times}x"),
        }
    }
}

impl serde::Serialize for Speed {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Speed {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_negative_and_endless_speeds_are_refused() {
        for text in ["0", "-1x", "inf", "NaN", "fast", ""] {
            assert!(text.parse::<Speed>().is_err(), "{text}");
        }
    }
}
