//! What is done with a complete container as a whole.

mod close;
mod lookup;

pub use close::{Closing, close};
pub use lookup::lookup;
