//! Fields of messages as values; what is wrong with one is said with its name.

use rust_decimal::Decimal;

use super::shown;
use crate::model::{Level, Price, Quantity, Side, Timestamp, read_decimal, read_whole};

#[inline]
pub(in crate::venues) fn price(field: &str, text: &str) -> Result<Price, String> {
    match Price::read(text) {
        Some(price) => Ok(price),
        None => Err(not(Price::EXPECTED, field, text)),
    }
}

#[inline]
pub(in crate::venues) fn quantity(field: &str, text: &str) -> Result<Quantity, String> {
    match Quantity::read(text) {
        Some(quantity) => Ok(quantity),
        None => Err(not(Quantity::EXPECTED, field, text)),
    }
}

/// How much was traded: a trade of nothing is none.
#[inline]
pub(in crate::venues) fn amount(field: &str, text: &str) -> Result<Quantity, String> {
    match Quantity::read(text) {
        Some(quantity) if !quantity.is_zero() => Ok(quantity),
        _ => Err(not("a quantity: a decimal number above zero", field, text)),
    }
}

#[inline]
pub(in crate::venues) fn decimal(field: &str, text: &str) -> Result<Decimal, String> {
    match read_decimal(text) {
        Some(value) => Ok(value),
        None => Err(not("a decimal number", field, text)),
    }
}

/// A number that is left out, or empty where there is none. It is always inlined, as [`traded`] is: a ticker has ten of them, and
/// half of what a call costs is handing the result back.
#[inline(always)]
pub(in crate::venues) fn optional(field: &str, text: Option<&str>) -> Result<Option<Decimal>, String> {
    match text {
        None | Some("") => Ok(None),
        Some(text) => decimal(field, text).map(Some),
    }
}

/// The first of two such numbers that is not left out: what products of a venue call differently.
pub(in crate::venues) fn either([first, second]: [(&str, Option<&str>); 2]) -> Result<Option<Decimal>, String> {
    let (field, text) = if first.1.is_some() { first } else { second };
    optional(field, text)
}

/// A price that is left out, empty or zero where there is none.
#[inline(always)]
pub(in crate::venues) fn traded(field: &str, text: Option<&str>) -> Result<Option<Price>, String> {
    match optional(field, text)? {
        Some(value) if !value.is_zero() => match Price::new(value) {
            Ok(price) => Ok(Some(price)),
            Err(_) => Err(not(Price::EXPECTED, field, text.unwrap_or_default())),
        },
        _ => Ok(None),
    }
}

/// A best price and its quantity; venues write zeros, or nothing, for a side where nobody waits.
#[inline]
pub(in crate::venues) fn best(fields: [&str; 2], price: &str, quantity: &str) -> Result<Option<Level>, String> {
    match (Price::read(price), Quantity::read(quantity)) {
        (Some(price), Some(quantity)) if !quantity.is_zero() => Ok(Some(Level { price, quantity })),
        _ => nobody(fields, price, quantity),
    }
}

/// A side where nobody waits, unless one of both is no number, or there is a quantity without a price.
#[cold]
fn nobody([of_price, of_quantity]: [&str; 2], price: &str, quantity: &str) -> Result<Option<Level>, String> {
    let is_price = traded(of_price, Some(price))?.is_some();
    let is_quantity = !quantity.is_empty() && !self::quantity(of_quantity, quantity)?.is_zero();
    if is_quantity && !is_price { Err(not(Price::EXPECTED, of_price, price)) } else { Ok(None) }
}

/// The prices of a candle: open, high, low and close, unless they contradict each other. They are compared before the candle
/// is made, which would be copied once more.
#[inline(always)]
pub(in crate::venues) fn prices([open, high, low, close]: [Price; 4]) -> Result<[Price; 4], String> {
    if low <= open && low <= close && open <= high && close <= high {
        Ok([open, high, low, close])
    } else {
        Err(impossible([open, high, low, close]))
    }
}

/// For how many milliseconds a candle lasts that has these first and last ones.
#[inline]
pub(in crate::venues) fn lasting(first: u64, last: u64) -> Result<u64, String> {
    if last > first { Ok((last - first).saturating_add(1)) } else { Err(not_lasting(first, last)) }
}

/// A time in milliseconds. It is always inlined: a call would hand the result back through memory.
#[inline(always)]
pub(in crate::venues) fn millis(field: &str, millis: u64) -> Result<Timestamp, String> {
    match Timestamp::from_millis(millis) {
        Some(time) => Ok(time),
        None => Err(not_millis(field, &millis.to_string())),
    }
}

/// A time in milliseconds that is left out, or zero, where there is none.
pub(in crate::venues) fn maybe_millis(field: &str, millis: Option<u64>) -> Result<Option<Timestamp>, String> {
    millis.filter(|millis| *millis > 0).map(|millis| self::millis(field, millis)).transpose()
}

/// A time in milliseconds that is written as a text.
#[inline]
pub(in crate::venues) fn written_millis(field: &str, text: &str) -> Result<Timestamp, String> {
    match read_whole(text).and_then(Timestamp::from_millis) {
        Some(time) => Ok(time),
        None => Err(not_millis(field, text)),
    }
}

/// The same; left out, empty or zero where there is none.
pub(in crate::venues) fn optional_millis(field: &str, text: Option<&str>) -> Result<Option<Timestamp>, String> {
    let Some(text) = text.filter(|text| !text.is_empty() && *text != "0") else { return Ok(None) };
    written_millis(field, text).map(Some)
}

/// A side in the words of Bybit.
#[inline]
pub(in crate::venues) fn side(field: &str, text: &str) -> Result<Side, String> {
    match text {
        "Buy" => Ok(Side::Buy),
        "Sell" => Ok(Side::Sell),
        other => Err(not("Buy or Sell", field, other)),
    }
}

#[cold]
fn impossible([open, high, low, close]: [Price; 4]) -> String {
    let (least, most) = (open.min(close), open.max(close));
    format!("a candle with prices between {low} and {high}, found {least} and {most}")
}

#[cold]
fn not_lasting(first: u64, last: u64) -> String {
    format!("a candle that ends after it begins, found one from {first} to {last} ms")
}

#[cold]
fn not_millis(field: &str, found: &str) -> String {
    not("a time in milliseconds since 1970", field, found)
}

/// What was expected of a field and what it is, without what of it is too long to be shown.
#[cold]
pub(in crate::venues) fn not(expected: &str, field: &str, text: &str) -> String {
    format!("{expected} in field `{field}`, found {}", shown(text))
}
