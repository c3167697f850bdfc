//! Rules that the macros can see by themselves: one file per macro.

pub(crate) mod container;
mod duplicate;
pub(crate) mod service;
