//! Common parts of tests of several crates: crates that a test writes, arrows between files, texts on file.

mod arrows;
mod floors;
mod named;
mod on_file;
mod scratch;

pub use arrows::Sources;
pub use floors::{Floor, Floors};
pub use on_file::assert_on_file;
pub use scratch::Scratch;
