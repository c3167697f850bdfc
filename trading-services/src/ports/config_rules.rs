//! Rules that the values of a section keep beyond their types.

use std::fmt::Display;
use std::time::Duration;

use rust_decimal::Decimal;

/// A value that is out of range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The key, dotted: `alerts.cool_down`.
    pub key: String,
    /// What would have been accepted.
    pub expected: &'static str,
    /// What was found.
    pub found: String,
}

/// Collects the values of one section after the other that are out of range.
#[derive(Debug, Default)]
pub struct Rules {
    section: &'static str,
    violations: Vec<Violation>,
}

impl Rules {
    /// Whatever is checked from now on belongs to that section.
    pub fn enter(&mut self, section: &'static str) {
        self.section = section;
    }

    /// What was out of range, in the order in which it was checked.
    pub fn into_violations(self) -> Vec<Violation> {
        self.violations
    }

    /// The value under `key` is in range when `holds`.
    pub fn require(&mut self, key: &str, holds: bool, expected: &'static str, found: impl Display) {
        if !holds {
            let (key, found) = (format!("{}.{key}", self.section), found.to_string());
            self.violations.push(Violation { key, expected, found });
        }
    }

    /// The duration is above zero.
    pub fn positive(&mut self, key: &str, value: Duration) {
        self.require(key, !value.is_zero(), "a duration above zero", humantime::format_duration(value));
    }

    /// The number is above zero.
    pub fn above_zero(&mut self, key: &str, value: Decimal) {
        self.require(key, value > Decimal::ZERO, "a number above zero", value);
    }

    /// The number is a size that memory has room for.
    pub fn count(&mut self, key: &str, value: usize) {
        self.require(key, (1..=1_000_000).contains(&value), "1 to 1000000", value);
    }
}
