//! Values as columns have them: decimals and names as text, times as nanoseconds.

use std::fmt::Display;
use std::str::FromStr;

use rust_decimal::Decimal;
use serde::de::DeserializeOwned;
use sqlx::Row as _;

use super::Row;
use crate::model::{CorrelationId, Timestamp};
use crate::store::error::Fault;

/// A value that is written as text.
pub(in crate::store) fn parsed<T>(row: &Row, column: &'static str) -> Result<T, Fault>
where
    T: FromStr,
    T::Err: Display,
{
    let text: &str = row.try_get(column)?;
    text.parse().map_err(|error: T::Err| Fault::Row { column, expected: error.to_string(), found: text.to_owned() })
}

/// The same where there may be none.
pub(in crate::store) fn parsed_if_any<T>(row: &Row, column: &'static str) -> Result<Option<T>, Fault>
where
    T: FromStr,
    T::Err: Display,
{
    let text: Option<&str> = row.try_get(column)?;
    if text.is_none() { Ok(None) } else { parsed(row, column).map(Some) }
}

/// A value that is written as JSON.
pub(in crate::store) fn json<T: DeserializeOwned>(row: &Row, column: &'static str) -> Result<T, Fault> {
    let text: &str = row.try_get(column)?;
    serde_json::from_str(text).map_err(|error| {
        let found = text.chars().take(80).collect();
        Fault::Row { column, expected: format!("JSON of its kind ({error})"), found }
    })
}

/// The same where there may be none.
pub(in crate::store) fn json_if_any<T>(row: &Row, column: &'static str) -> Result<Option<T>, Fault>
where
    T: DeserializeOwned,
{
    let text: Option<&str> = row.try_get(column)?;
    if text.is_none() { Ok(None) } else { json(row, column).map(Some) }
}

/// One of several words.
pub(in crate::store) fn word<T: Copy>(
    row: &Row,
    column: &'static str,
    words: &[(&'static str, T)],
) -> Result<T, Fault> {
    let text: &str = row.try_get(column)?;
    let known = words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value);
    known.ok_or_else(|| {
        let expected = words.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(", ");
        Fault::Row { column, expected: format!("one of {expected}"), found: text.to_owned() }
    })
}

pub(in crate::store) fn decimal(row: &Row, column: &'static str) -> Result<Decimal, Fault> {
    let text: &str = row.try_get(column)?;
    let wrong = |_| Fault::Row { column, expected: "a decimal".to_owned(), found: text.to_owned() };
    Decimal::from_str_exact(text).map_err(wrong)
}

pub(in crate::store) fn time(row: &Row, column: &'static str) -> Result<Timestamp, Fault> {
    number(row, column).map(Timestamp::from_nanos)
}

pub(in crate::store) fn correlation(row: &Row) -> Result<CorrelationId, Fault> {
    number(row, "correlation").map(CorrelationId)
}

/// A number that is not negative.
pub(in crate::store) fn number(row: &Row, column: &'static str) -> Result<u64, Fault> {
    let value: i64 = row.try_get(column)?;
    let wrong = |_| Fault::Row { column, expected: "a number of at least 0".to_owned(), found: value.to_string() };
    u64::try_from(value).map_err(wrong)
}

/// A number as a column has it; what is beyond 63 bits becomes the largest.
pub(in crate::store) fn integer(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// A time as a column has it, good until the year 2262.
pub(in crate::store) fn nanos(time: Timestamp) -> i64 {
    integer(time.as_nanos())
}
