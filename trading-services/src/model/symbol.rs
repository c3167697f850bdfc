//! Names of instruments at their venue.

use std::fmt;
use std::str::FromStr;
use std::sync::{Arc, LazyLock};

use crate::model::Currency;

/// The longest name in bytes; the longest that a venue uses today has about 40.
const MAX_LENGTH: usize = 64;

/// The name of an instrument as its venue writes it, for example `BTCUSDT`; cheap to clone.
///
/// Venues use more than letters and digits: `BTC/USD`, `BTC-29AUG25-60000-C`, `DOGE/USDT:USDT`, `币安人生USDT`.
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
#[error("expected {}, found `{}`", Symbol::EXPECTED, .0.escape_debug())]
pub struct SymbolError(pub String);

impl Symbol {
    /// What is one, for those who are told that something is none.
    pub(crate) const EXPECTED: &str = "a symbol of 1 to 64 bytes: letters of any script, digits and `-_/:.+#`";

    /// All instruments of a venue; no text that is read gives it.
    pub(super) fn whole() -> Self {
        static WHOLE: LazyLock<Symbol> = LazyLock::new(|| Symbol("*".into()));
        WHOLE.clone()
    }

    pub(super) fn is_whole(&self) -> bool {
        &*self.0 == "*"
    }

    /// What is bought, where that is a code, and in what it is paid, where the name ends with the code of a currency that venues
    /// are paid in. A name that ends with two of them, and parts neither from the rest, says nothing: `BNBUSD` may be BNB in USD.
    ///
    /// ```
    /// use trading_services::model::Symbol;
    ///
    /// let currencies = |name: &str| {
    ///     let (base, quote) = name.parse::<Symbol>().ok()?.currencies()?;
    ///     Some(format!("{} in {quote}", base?))
    /// };
    /// assert_eq!(currencies("BTCUSDT").as_deref(), Some("BTC in USDT"));
    /// assert_eq!(currencies("ETH/EUR").as_deref(), Some("ETH in EUR"));
    /// assert_eq!(currencies("BNB-BUSD").as_deref(), Some("BNB in BUSD"));
    /// assert_eq!((currencies("GOOG"), currencies("USDT"), currencies("BNBUSD")), (None, None, None));
    /// ```
    pub fn currencies(&self) -> Option<(Option<Currency>, Currency)> {
        const PAID_IN: [&str; 16] = [
            "FDUSD", "USDT", "USDC", "TUSD", "BUSD", "USD", "EUR", "GBP", "JPY", "TRY", "BRL", "AUD", "DAI", "BTC",
            "ETH", "BNB",
        ];
        let mut found = PAID_IN.iter().filter_map(|quote| Some((self.0.strip_suffix(quote)?, quote)));
        // No name ends with three of them.
        let found = [found.next(), found.next()];
        let mut ends = found.into_iter().flatten();
        let parted = ends.find_map(|(base, quote)| Some((base.strip_suffix(['/', '-', '_'])?, quote)));
        let (base, quote) = match (parted, found) {
            (Some(parted), _) | (None, [Some(parted), None]) => parted,
            _ => return None,
        };
        Some((base.parse().ok(), quote.parse().ok()?))
    }

    /// Whether both are one name; that is known at once where one is a clone of the other.
    #[inline]
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self == other
    }

    /// The name, its ASCII letters in upper case.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Symbol {
    type Err = SymbolError;

    fn from_str(text: &str) -> Result<Self, SymbolError> {
        let allowed =
            |letter: char| letter.is_alphanumeric() || matches!(letter, '-' | '_' | '/' | ':' | '.' | '+' | '#');
        if (1..=MAX_LENGTH).contains(&text.len()) && text.chars().all(allowed) {
            Ok(Self(text.to_ascii_uppercase().into()))
        } else {
            Err(SymbolError(text.chars().take(MAX_LENGTH).collect()))
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
    fn names_that_venues_use_are_symbols() {
        for text in
            ["1000SHIBUSDT", "BTCUSDT_250926", "BTC-29AUG25-60000-C", "DOGE/USDT:USDT", "BTC/USD", "币安人生USDT"]
        {
            assert_eq!(text.parse::<Symbol>().unwrap().as_str(), text);
        }
    }

    #[test]
    fn a_name_that_can_be_read_in_two_ways_names_no_currency() {
        let quote = |name: &str| Some(name.parse::<Symbol>().unwrap().currencies()?.1.to_string());
        for name in ["BNBUSD", "DOTUSD", "BATUSD", "BTCFDUSD"] {
            assert_eq!(quote(name), None, "{name}");
        }
        for (name, expected) in [("BNB/USD", "USD"), ("DOT-TUSD", "TUSD"), ("BTCUSD", "USD"), ("ETHBTC", "BTC")] {
            assert_eq!(quote(name).as_deref(), Some(expected), "{name}");
        }
    }

    #[test]
    fn an_empty_an_overlong_and_an_unprintable_name_are_no_symbols() {
        for text in ["", "BTC USDT", "BTC\n", "\u{1b}[31m", "*", &"A".repeat(65)] {
            let error = text.parse::<Symbol>().unwrap_err().to_string();
            assert!(!error.contains(|letter: char| letter.is_control()), "{error:?}");
        }
    }
}
