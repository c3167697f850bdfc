//! A trade.

use std::fmt;
use std::sync::Arc;

use rust_decimal::Decimal;

use crate::model::{Price, Quantity, Timestamp};

/// Which way a trade goes; of a venue's trades, the side of the one who took, not of the one who waited in the book.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    /// Bought.
    Buy,
    /// Sold.
    Sell,
}

/// The venue's name for a trade, unique within the instrument.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum TradeId {
    /// A number, as most venues have it.
    Number(u64),
    /// A text, as Bybit has it: a UUID.
    Text(ShortText),
    /// A text that is longer than that.
    Long(Arc<str>),
}

/// A text of at most 36 bytes, which is as long as a UUID: a trade has it within it, and asks for no memory to keep it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ShortText {
    length: u8,
    bytes: [u8; Self::MOST],
}

/// One execution, as its venue published it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trade {
    /// The venue's name for it.
    pub id: TradeId,
    /// At which price, in quote currency.
    pub price: Price,
    /// How much, in base currency or in contracts.
    pub quantity: Quantity,
    /// Who took.
    pub side: Side,
    /// When, by the venue's clock.
    pub time: Timestamp,
    /// Whether it is the sum of the fills of one order at one price, which a venue may send besides the single trades.
    pub aggregated: bool,
}

impl Side {
    /// An amount with the sign of this side: above zero for what is bought.
    pub fn signed(self, amount: Decimal) -> Decimal {
        match self {
            Self::Buy => amount,
            Self::Sell => -amount,
        }
    }

    /// Whether an order of this side makes a position smaller of which so much is held, below zero if it is short.
    ///
    /// ```
    /// use rust_decimal::dec;
    /// use trading_services::model::Side;
    ///
    /// assert!(Side::Sell.is_against(dec!(2)) && Side::Buy.is_against(dec!(-2)));
    /// assert!(!Side::Sell.is_against(dec!(-2)) && !Side::Sell.is_against(dec!(0)));
    /// ```
    pub fn is_against(self, held: Decimal) -> bool {
        !held.is_zero() && held.is_sign_negative() == (self == Self::Buy)
    }

    /// The other one.
    #[must_use]
    pub fn opposite(self) -> Self {
        match self {
            Self::Buy => Self::Sell,
            Self::Sell => Self::Buy,
        }
    }
}

impl ShortText {
    const MOST: usize = 36;

    /// The text; `None` when it is longer.
    #[inline]
    fn new(text: &str) -> Option<Self> {
        let bytes = if let Ok(whole) = text.as_bytes().try_into() {
            whole
        } else {
            let mut bytes = [0; Self::MOST];
            bytes.get_mut(..text.len())?.copy_from_slice(text.as_bytes());
            bytes
        };
        Some(Self { length: u8::try_from(text.len()).ok()?, bytes })
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        let bytes = self.bytes.get(..usize::from(self.length)).unwrap_or_default();
        // They were those of a text.
        str::from_utf8(bytes).unwrap_or_default()
    }
}

impl fmt::Debug for ShortText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().fmt(f)
    }
}

impl From<u64> for TradeId {
    fn from(number: u64) -> Self {
        Self::Number(number)
    }
}

/// The digits of the largest number that an id can be.
const MOST_DIGITS: usize = 20;

impl From<&str> for TradeId {
    /// A text of digits only is a number.
    #[inline]
    fn from(text: &str) -> Self {
        let bytes = text.as_bytes();
        let is_number =
            bytes.len() <= MOST_DIGITS && bytes.first() != Some(&b'0') && bytes.iter().all(u8::is_ascii_digit);
        let number = if is_number { text.parse().ok() } else { None };
        let long = || Self::Long(text.into());
        number.map_or_else(|| ShortText::new(text).map_or_else(long, Self::Text), Self::Number)
    }
}

impl fmt::Display for TradeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Text(text) => f.pad(text.as_str()),
            Self::Long(text) => f.pad(text),
        }
    }
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Buy => "buy",
            Self::Sell => "sell",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_written_as_it_was_read() {
        for text in
            ["3735683259", "007", "8c53dd53-2df5-563d-8e3b-e0dbba7c55a0", "99999999999999999999", "é", &*"x".repeat(37)]
        {
            assert_eq!(TradeId::from(text).to_string(), text);
        }
        assert_eq!(TradeId::from("12"), TradeId::from(12));
    }
}
