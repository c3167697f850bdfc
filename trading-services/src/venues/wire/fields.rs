//! Fields of messages as values; what is wrong with one is said with its name.

use rust_decimal::Decimal;

use crate::model::{Level, Price, Quantity, Side, Timestamp, ValueError, read_decimal};

#[inline]
pub(in crate::venues) fn price(field: &str, text: &str) -> Result<Price, String> {
    text.parse().map_err(|error| in_field(field, &error))
}

#[inline]
pub(in crate::venues) fn quantity(field: &str, text: &str) -> Result<Quantity, String> {
    text.parse().map_err(|error| in_field(field, &error))
}

pub(in crate::venues) fn decimal(field: &str, text: &str) -> Result<Decimal, String> {
    read_decimal(text).ok_or_else(|| format!("a decimal number in field `{field}`, found `{}`", text.escape_debug()))
}

/// A number that is left out, or empty where there is none.
pub(in crate::venues) fn optional(field: &str, text: Option<&str>) -> Result<Option<Decimal>, String> {
    text.filter(|text| !text.is_empty()).map(|text| decimal(field, text)).transpose()
}

/// A price that is left out, empty or zero where there is none.
pub(in crate::venues) fn traded(field: &str, text: Option<&str>) -> Result<Option<Price>, String> {
    Ok(optional(field, text)?.and_then(|value| Price::new(value).ok()))
}

/// A best price; venues write zeros, or nothing, for a side where nobody waits.
pub(in crate::venues) fn best(field: &str, price: &str, quantity: &str) -> Result<Option<Level>, String> {
    let is_nothing = |text: &str| text.bytes().all(|byte| matches!(byte, b'0' | b'.'));
    if is_nothing(price) && is_nothing(quantity) {
        return Ok(None);
    }
    Ok(Some(Level { price: self::price(field, price)?, quantity: self::quantity(field, quantity)? }))
}

pub(in crate::venues) fn millis(millis: u64) -> Result<Timestamp, String> {
    Timestamp::from_millis(millis).ok_or_else(|| format!("a time in milliseconds since 1970, found {millis}"))
}

/// A time in milliseconds that is written as a text; left out, empty or zero where there is none.
pub(in crate::venues) fn optional_millis(field: &str, text: Option<&str>) -> Result<Option<Timestamp>, String> {
    let Some(text) = text.filter(|text| !text.is_empty() && *text != "0") else { return Ok(None) };
    let wrong = || format!("a time in milliseconds since 1970 in field `{field}`, found `{}`", text.escape_debug());
    text.parse().ok().and_then(Timestamp::from_millis).map(Some).ok_or_else(wrong)
}

/// A side in the words of Bybit.
pub(in crate::venues) fn side(field: &str, text: &str) -> Result<Side, String> {
    match text {
        "Buy" => Ok(Side::Buy),
        "Sell" => Ok(Side::Sell),
        other => Err(format!("Buy or Sell in field `{field}`, found `{}`", other.escape_debug())),
    }
}

#[cold]
fn in_field(field: &str, error: &ValueError) -> String {
    format!("{} in field `{field}`, found `{}`", error.expected, error.found.escape_debug())
}
