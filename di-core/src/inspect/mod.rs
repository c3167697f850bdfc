//! Operations on a complete container as a whole: closing and lookup.

mod close;
mod lookup;

pub use close::{Closing, close};
pub use lookup::{Instance, lookup};
