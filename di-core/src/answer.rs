//! Answers to an edge that only the types decide, as types: the compiler names them in messages.

/// Nothing answers.
#[derive(Debug, Clone, Copy)]
pub struct Nobody;

/// One node answers.
#[derive(Debug)]
pub struct Chosen<D, const NODE: usize, const LATE: bool>(pub(crate) Option<D>);

/// Several nodes answer.
#[derive(Debug, Clone, Copy)]
pub struct Several;

/// Only something in a scope answers.
#[derive(Debug, Clone, Copy, Default)]
pub struct InScope;

/// Only something in a module answers, which does not export it.
#[derive(Debug, Clone, Copy, Default)]
pub struct NotExported;

/// Nothing answers, and that has been said where it was asked for.
#[derive(Debug, Clone, Copy)]
pub struct Reported;
