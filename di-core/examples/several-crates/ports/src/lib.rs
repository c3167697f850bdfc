//! Interfaces of a shop: what its crates know of each other.

use std::fmt;

use di_core::interface;

/// The goods that can be sold.
#[interface]
pub trait IStock {
    /// Takes goods off the shelf.
    ///
    /// # Errors
    ///
    /// How many there are, if they are too few.
    fn take(&self, article: &str, count: u32) -> Result<(), OutOfStock>;
}

/// The orders of customers.
#[interface]
pub trait ISales {
    /// Sells goods, and returns the number of the sale.
    ///
    /// # Errors
    ///
    /// As [`IStock::take`]; then nothing is sold.
    fn sell(&self, article: &str, count: u32) -> Result<u64, OutOfStock>;
}

/// Fewer goods are there than were asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct OutOfStock {
    /// How many are there.
    pub left: u32,
}

impl OutOfStock {
    /// An error with what is left.
    #[must_use]
    pub const fn new(left: u32) -> Self {
        Self { left }
    }
}

impl fmt::Display for OutOfStock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "only {} left", self.left)
    }
}

impl std::error::Error for OutOfStock {}
