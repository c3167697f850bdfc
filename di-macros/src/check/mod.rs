//! Rules that the macros can see by themselves: one file per macro.

pub(crate) mod container;
pub(crate) mod graph;
pub(crate) mod interface;
pub(crate) mod not_injectable;
pub(crate) mod service;
