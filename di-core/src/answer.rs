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

/// Nothing in the container `C` provides the interface `T`.
#[diagnostic::on_unimplemented(
    message = "[DI0003] `{C}` says that there is no `{T}`, but something provides it",
    label = "declared absent here, and provided under another name",
    note = "remove this attribute",
    note = "see `di_core::diagnostics::DI0003`"
)]
pub trait AbsentIn<C, T: ?Sized>: Sized {
    /// It is so.
    fn checked(self) {}
}

impl<C, T: ?Sized> AbsentIn<C, T> for Nobody {}
