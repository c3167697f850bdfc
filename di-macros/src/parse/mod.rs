//! Syntax: from tokens to what was written, word by word.

pub(crate) mod keys;
mod marks;
pub(crate) mod trait_tokens;

pub(crate) use marks::{Marks, arguments, take_as};
