//! Analyses of the model of a graph: one file each.

pub(crate) mod candidates;
pub(crate) mod difference;
pub(crate) mod dominators;
pub(crate) mod forecast;
pub(crate) mod links;
pub(crate) mod phase;
pub(crate) mod reach;
pub(crate) mod share;
