//! Currencies, by their codes.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::de::Error;

/// A currency or a coin by its code: `USDT`, `EUR`, `BTC`.
///
/// ```
/// use trading_services::model::Currency;
///
/// assert_eq!("USDT".parse::<Currency>()?.as_str(), "USDT");
/// assert!("usd t".parse::<Currency>().is_err());
/// # Ok::<(), trading_services::model::CurrencyError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency(Arc<str>);

/// Why a text is not a currency.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected the code of a currency, 1 to 16 capital letters and digits, found `{}`", .0.escape_debug())]
pub struct CurrencyError(pub String);

impl Currency {
    /// The dollar of most venues, `USDT`.
    pub fn usdt() -> Self {
        Self("USDT".into())
    }

    /// Its code.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Currency {
    type Err = CurrencyError;

    fn from_str(text: &str) -> Result<Self, CurrencyError> {
        let is_code = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
        if (1..=16).contains(&text.len()) && text.bytes().all(is_code) {
            Ok(Self(text.into()))
        } else {
            Err(CurrencyError(text.chars().take(100).collect()))
        }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl serde::Serialize for Currency {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> serde::Deserialize<'de> for Currency {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}
