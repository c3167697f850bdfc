//! Names of instruments, and the steps in which they trade.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use rust_decimal::Decimal;

/// The name of an instrument as its venue writes it, for example `BTCUSDT`; cheap to clone.
///
/// ```
/// use trading_services::model::Symbol;
///
/// let symbol: Symbol = "btcusdt".parse()?;
/// assert_eq!(symbol.as_str(), "BTCUSDT");
/// # Ok::<(), trading_services::model::SymbolError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Symbol(Arc<str>);

/// Why a text is not a symbol.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected a symbol of 1 to 32 letters, digits, `-`, `_` or `/`, found `{0}`")]
pub struct SymbolError(pub String);

/// What can be traded at a venue, and in which steps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instrument {
    /// Its name at the venue.
    pub symbol: Symbol,
    /// The smallest step of its price in quote currency; `None` when the venue does not say (a recording does not).
    pub tick_size: Option<Decimal>,
    /// The smallest step of its quantity in base currency; `None` when the venue does not say.
    pub lot_size: Option<Decimal>,
}

impl Symbol {
    /// The name in upper case.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Symbol {
    type Err = SymbolError;

    fn from_str(text: &str) -> Result<Self, SymbolError> {
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '/');
        if (1..=32).contains(&text.len()) && text.chars().all(allowed) {
            Ok(Self(text.to_ascii_uppercase().into()))
        } else {
            Err(SymbolError(text.to_owned()))
        }
    }
}

impl fmt::Display for Symbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl serde::Serialize for Symbol {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> serde::Deserialize<'de> for Symbol {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_symbol_is_written_in_upper_case() {
        assert_eq!("ethUsdt".parse::<Symbol>().unwrap().to_string(), "ETHUSDT");
    }

    #[test]
    fn an_empty_an_overlong_and_a_strange_name_are_no_symbols() {
        for text in ["", "BTC USDT", "BTC\n", &"A".repeat(33)] {
            assert!(text.parse::<Symbol>().is_err(), "{text:?}");
        }
    }
}
