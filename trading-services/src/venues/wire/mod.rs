//! Common parts of the parsers of all venues: fields, levels, names of instruments, refusals.

mod by_name;
mod escapes;
pub(in crate::venues) mod fields;
mod levels;
mod maybe;
mod message;
mod sink;
mod symbols;

pub(in crate::venues) use by_name::{ByName, by_name};
pub(in crate::venues) use escapes::without_escapes;
pub(in crate::venues) use levels::RawLevels;
pub(in crate::venues) use maybe::Maybe;
pub(in crate::venues) use message::{Message, Refused, kind_name, shorten, shown};
pub(in crate::venues) use sink::Sink;
pub(in crate::venues) use symbols::Symbols;
