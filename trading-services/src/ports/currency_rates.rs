//! The interface of what currencies are worth in each other.

use crate::model::{Currency, Price};

/// Says what one currency is worth in another.
#[di_core::interface]
pub trait ICurrencyRates {
    /// What one unit of `from` is worth in `to` now; `None` when nobody knows: then it is not counted at all, and whoever asks
    /// has to say so.
    fn rate(&self, from: &Currency, to: &Currency) -> Option<Price>;
}
