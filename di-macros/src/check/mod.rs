//! Rules that the macros can see by themselves: one file per macro.

pub(crate) mod container;
mod duplicate;
#[cfg_attr(not(test), expect(dead_code, reason = "the container's macro does not call it yet"))]
pub(crate) mod graph;
pub(crate) mod service;
