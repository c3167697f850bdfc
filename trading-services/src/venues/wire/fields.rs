//! Fields of messages as values; what is wrong with one is said with its name.

use rust_decimal::Decimal;

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

/// A price that is left out, empty or zero where there is none.
#[inline(always)]
pub(in crate::venues) fn traded(field: &str, text: Option<&str>) -> Result<Option<Price>, String> {
    Ok(optional(field, text)?.and_then(|value| Price::new(value).ok()))
}

/// A best price; venues write zeros, or nothing, for a side where nobody waits.
#[inline]
pub(in crate::venues) fn best(field: &str, price: &str, quantity: &str) -> Result<Option<Level>, String> {
    let is_nothing = |text: &str| text.bytes().all(|byte| matches!(byte, b'0' | b'.'));
    if is_nothing(price) && is_nothing(quantity) {
        return Ok(None);
    }
    Ok(Some(Level { price: self::price(field, price)?, quantity: self::quantity(field, quantity)? }))
}

#[inline]
pub(in crate::venues) fn millis(millis: u64) -> Result<Timestamp, String> {
    match Timestamp::from_millis(millis) {
        Some(time) => Ok(time),
        None => Err(not_millis(millis)),
    }
}

/// A time in milliseconds that is written as a text; left out, empty or zero where there is none.
pub(in crate::venues) fn optional_millis(field: &str, text: Option<&str>) -> Result<Option<Timestamp>, String> {
    let Some(text) = text.filter(|text| !text.is_empty() && *text != "0") else { return Ok(None) };
    let wrong = || format!("a time in milliseconds since 1970 in field `{field}`, found `{}`", text.escape_debug());
    read_whole(text).and_then(Timestamp::from_millis).map(Some).ok_or_else(wrong)
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
fn not_millis(found: u64) -> String {
    format!("a time in milliseconds since 1970, found {found}")
}

#[cold]
fn not(expected: &str, field: &str, text: &str) -> String {
    format!("{expected} in field `{field}`, found `{}`", text.escape_debug())
}
