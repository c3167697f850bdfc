//! Syntax: from tokens to what was written, word by word.

mod item_struct;
pub(crate) mod keys;
mod marks;
pub(crate) mod trait_tokens;

pub(crate) use item_struct::{item, item_and_fields, object, ty};
pub(crate) use marks::{Marks, arguments, take_as};
