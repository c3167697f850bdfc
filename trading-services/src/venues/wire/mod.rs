//! Common parts of the parsers of all venues: fields, levels, names of instruments, refusals.

pub(in crate::venues) mod fields;
mod levels;
mod message;
mod symbols;
mod text;

pub(in crate::venues) use levels::RawLevels;
pub(in crate::venues) use message::{Message, Refused, shorten};
pub(in crate::venues) use symbols::Symbols;
pub(in crate::venues) use text::Text;
