//! Names of options: `BTC-28APR23-29500-C`, `DOGE-27MAR26-0.22-P-USDT`.

use crate::model::{Price, Timestamp};

/// When options expire: at eight, UTC.
const HOUR: &str = "T08:00:00Z";

const MONTHS: [&str; 12] = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];

/// What an option gives the right to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::venues) struct OptionName {
    pub(in crate::venues) is_call: bool,
    pub(in crate::venues) strike: Price,
    pub(in crate::venues) expiry: Timestamp,
}

impl OptionName {
    /// What the name says, if it is that of an option.
    pub(in crate::venues) fn read(name: &str) -> Option<Self> {
        let mut parts = name.split('-').skip(1);
        let (day, strike, right) = (parts.next()?, parts.next()?, parts.next()?);
        let is_call = match right {
            "C" => true,
            "P" => false,
            _ => return None,
        };
        Some(Self { is_call, strike: strike.parse().ok()?, expiry: expiry(day)? })
    }
}

/// `28APR23`, `5MAY23`
fn expiry(day: &str) -> Option<Timestamp> {
    let (rest, year) = day.split_at_checked(day.len().checked_sub(2)?)?;
    let (date, month) = rest.split_at_checked(rest.len().checked_sub(3)?)?;
    let month = MONTHS.iter().position(|name| *name == month)? + 1;
    let (date, year): (u8, u8) = (date.parse().ok()?, year.parse().ok()?);
    format!("20{year:02}-{month:02}-{date:02}{HOUR}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn right_strike_and_day_are_read() {
        for (name, is_call, strike, expiry) in [
            ("SOL-28APR23-24-C", true, "24", "2023-04-28T08:00:00Z"),
            ("DOGE-27MAR26-0.22-P-USDT", false, "0.22", "2026-03-27T08:00:00Z"),
            ("BTC-5MAY23-29500-P", false, "29500", "2023-05-05T08:00:00Z"),
        ] {
            let (strike, expiry) = (strike.parse().unwrap(), expiry.parse().unwrap());
            assert_eq!(OptionName::read(name), Some(OptionName { is_call, strike, expiry }), "{name}");
        }
    }

    #[test]
    fn other_names_are_none_of_an_option() {
        for name in ["BTCUSDT", "BTC-28APR23", "BTC-28APR23-1-X", "BTC-99XXX23-1-C", "BTC-é-1-C", "-"] {
            assert_eq!(OptionName::read(name), None, "{name}");
        }
    }
}
