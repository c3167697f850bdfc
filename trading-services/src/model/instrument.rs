//! Instruments: the name that is unique over all venues, and the rules of trading them.

use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use serde::de::Error;

use crate::model::{Price, Symbol, SymbolError, Timestamp, VenueId, VenueIdError};

/// An instrument at its venue: `binance:BTCUSDT`. The same symbol at two venues is two instruments.
///
/// ```
/// use trading_services::model::InstrumentId;
///
/// let instrument: InstrumentId = "bybit:BTCUSDT".parse()?;
/// assert_eq!((instrument.venue.as_str(), instrument.symbol.as_str()), ("bybit", "BTCUSDT"));
/// # Ok::<(), trading_services::model::InstrumentIdError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InstrumentId {
    /// Where it is traded.
    pub venue: VenueId,
    /// Its name there.
    pub symbol: Symbol,
}

/// Why a text does not name an instrument.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InstrumentIdError {
    /// There is no `:`.
    #[error("expected a venue and a symbol like `binance:BTCUSDT`, found `{}`", .0.escape_debug())]
    Form(String),
    /// What is before the first `:`.
    #[error(transparent)]
    Venue(#[from] VenueIdError),
    /// What is behind it.
    #[error(transparent)]
    Symbol(#[from] SymbolError),
}

/// What kind of instrument it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum InstrumentKind {
    /// The asset itself.
    #[default]
    Spot,
    /// A future without an end.
    Perpetual,
    /// A future with a day of settlement.
    Future,
    /// An option.
    Option,
}

/// Whether it can be traded now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum InstrumentStatus {
    /// Orders are matched.
    #[default]
    Trading,
    /// It is listed, and not matched now: before the opening, in a break, while it is settled or delisted.
    Halted,
}

/// What can be traded at a venue, and by which rules. `None` where the venue does not say (a recording does not).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instrument {
    /// Its name.
    pub id: InstrumentId,
    /// What kind it is.
    pub kind: InstrumentKind,
    /// Whether it can be traded now.
    pub status: InstrumentStatus,
    /// What is bought, for example `BTC`.
    pub base: Option<String>,
    /// In what it is paid, for example `USDT`.
    pub quote: Option<String>,
    /// The smallest step of its price, in quote currency.
    pub tick_size: Option<Decimal>,
    /// The smallest step of its quantity.
    pub lot_size: Option<Decimal>,
    /// The smallest quantity of an order.
    pub min_quantity: Option<Decimal>,
    /// The smallest value of an order, in quote currency.
    pub min_notional: Option<Decimal>,
    /// How much of the base currency one contract is. Spot has no contracts, and those of an inverse instrument are sums of the
    /// quote currency.
    pub contract_size: Option<Decimal>,
    /// Whether quantities are in quote currency, and profit is in base currency.
    pub is_inverse: bool,
    /// When it expires.
    pub expiry: Option<Timestamp>,
    /// The strike of an option.
    pub strike: Option<Price>,
}

impl InstrumentId {
    /// The instrument of that name at that venue.
    pub fn new(venue: VenueId, symbol: Symbol) -> Self {
        Self { venue, symbol }
    }

    /// The venue as a whole, for what is about none of its instruments: `binance:*`.
    pub fn whole(venue: VenueId) -> Self {
        Self { venue, symbol: Symbol::whole() }
    }

    /// Whether its name is that of an inverse contract, which is known before the venue tells its rules: Bybit's `BTCUSD` and
    /// `BTCUSDU26`, margined in the coin itself.
    ///
    /// ```
    /// use trading_services::model::InstrumentId;
    ///
    /// let is_inverse = |id: &str| id.parse().map(|id: InstrumentId| id.is_inverse());
    /// assert!(is_inverse("bybit:BTCUSD")? && is_inverse("bybit:BTCUSDU26")?);
    /// assert!(!is_inverse("bybit:BTCUSDT")? && !is_inverse("bybit-spot:BTCUSD")?);
    /// # Ok::<(), trading_services::model::InstrumentIdError>(())
    /// ```
    pub fn is_inverse(&self) -> bool {
        let name = self.symbol.as_str();
        let is_dated = |rest: &str| rest.len() == 3 && rest.starts_with(['H', 'M', 'U', 'Z']);
        self.venue.as_str() == "bybit"
            && !name.contains('-')
            && name
                .rsplit_once("USD")
                .is_some_and(|(base, rest)| !base.is_empty() && (rest.is_empty() || is_dated(rest)))
    }

    /// Whether this is the venue as a whole.
    pub fn is_whole(&self) -> bool {
        self.symbol.is_whole()
    }
}

impl Instrument {
    /// A spot instrument, or an inverse contract, of which nothing but its name is known.
    pub fn named(id: InstrumentId) -> Self {
        Self {
            is_inverse: id.is_inverse(),
            id,
            kind: InstrumentKind::default(),
            status: InstrumentStatus::default(),
            base: None,
            quote: None,
            tick_size: None,
            lot_size: None,
            min_quantity: None,
            min_notional: None,
            contract_size: None,
            expiry: None,
            strike: None,
        }
    }
}

impl FromStr for InstrumentId {
    type Err = InstrumentIdError;

    fn from_str(text: &str) -> Result<Self, InstrumentIdError> {
        let form = || InstrumentIdError::Form(text.chars().take(100).collect());
        let (venue, symbol) = text.split_once(':').ok_or_else(form)?;
        Ok(Self { venue: venue.parse()?, symbol: symbol.parse()? })
    }
}

impl fmt::Display for InstrumentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if f.width().is_some() {
            return f.pad(&format!("{}:{}", self.venue, self.symbol));
        }
        f.write_str(self.venue.as_str())?;
        f.write_str(":")?;
        f.write_str(self.symbol.as_str())
    }
}

impl serde::Serialize for InstrumentId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for InstrumentId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_first_colon_ends_the_venue() {
        let id: InstrumentId = "kraken:DOGE/USDT:USDT".parse().unwrap();
        assert_eq!((id.venue.as_str(), id.symbol.as_str()), ("kraken", "DOGE/USDT:USDT"));
        assert_eq!(id.to_string().parse(), Ok(id));
    }

    #[test]
    fn one_symbol_at_two_venues_is_two_instruments() {
        assert_ne!("binance:BTCUSDT".parse::<InstrumentId>(), "bybit:BTCUSDT".parse());
    }

    #[test]
    fn what_does_not_name_an_instrument_says_why() {
        for text in ["BTCUSDT", ":BTCUSDT", "binance:", "Binance:BTCUSDT", "a:b c"] {
            assert!(text.parse::<InstrumentId>().unwrap_err().to_string().starts_with("expected"), "{text}");
        }
    }
}
