//! Rules over the graph of a container as text: one file per rule.

pub(crate) mod captive;
pub(crate) mod coverage;
pub(crate) mod cycle;
pub(crate) mod duplicate;
pub(crate) mod fault;
pub(crate) mod group;
pub(crate) mod late;
mod message;
pub(crate) mod missing;
pub(crate) mod mode;
mod near;
pub(crate) mod nested;
pub(crate) mod not_a_service;
pub(crate) mod unfilled;
pub(crate) mod used;
pub(crate) mod winding_down;
