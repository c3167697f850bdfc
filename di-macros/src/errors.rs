//! Errors of one macro call, so that all of them are reported in one build.

use std::cell::Cell;
use std::fmt;

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;

/// The code of a fault, which is also the name of its page.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Code {
    DI0001,
    DI0002,
    DI0003,
    DI0004,
    DI0005,
    DI0006,
    DI0007,
    DI0008,
    DI0009,
    DI0010,
    DI0011,
    DI0012,
    DI0013,
    DI0014,
    DI0016,
    DI0018,
}

impl Code {
    /// A whole message: the code, what is wrong, and where to read more.
    pub(crate) fn message(self, text: impl fmt::Display) -> String {
        format!("{}\n{}", self.headline(text), format_args!("  {}", self.page()))
    }

    /// The code in front of what is wrong, for messages whose page stands in a note.
    pub(crate) fn headline(self, text: impl fmt::Display) -> String {
        format!("[{self}] {text}")
    }

    /// Where to read more.
    pub(crate) fn page(self) -> String {
        format!("see `di_core::diagnostics::{self}`")
    }

    /// An error at one place.
    pub(crate) fn error(self, span: Span, text: impl fmt::Display) -> syn::Error {
        syn::Error::new(span, self.message(text))
    }

    /// An error with the caret under `tokens`.
    pub(crate) fn error_at(self, tokens: impl ToTokens, text: impl fmt::Display) -> syn::Error {
        syn::Error::new_spanned(tokens, self.message(text))
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// All that is wrong with one use of a macro.
///
/// Somebody has to look at it: errors that are dropped unseen are a panic where debug assertions are on.
#[derive(Default)]
pub(crate) struct Errors {
    all: Option<syn::Error>,
    fatal: bool,
    is_seen: Cell<bool>,
}

impl Errors {
    /// Reports a fault with the caret under `tokens`: its text is what is wrong, and the ways out.
    pub(crate) fn report(&mut self, tokens: impl ToTokens, code: Code, text: impl fmt::Display) {
        self.add(code.error_at(tokens, text));
    }

    /// Reports a fault after which the item cannot be written out as it stands.
    pub(crate) fn report_fatal(&mut self, tokens: impl ToTokens, code: Code, text: impl fmt::Display) {
        self.report(tokens, code, text);
        self.fatal = true;
    }

    /// Adds an error whose message is whole, as the rules over the graph write it.
    pub(crate) fn at(&mut self, tokens: impl ToTokens, message: impl fmt::Display) {
        self.add(syn::Error::new_spanned(tokens, message));
    }

    /// Adds an error.
    pub(crate) fn add(&mut self, error: syn::Error) {
        self.is_seen.set(false);
        match &mut self.all {
            Some(errors) => errors.combine(error),
            none => *none = Some(error),
        }
    }

    /// Whether what was read can be written out all the same, so that code that uses it says nothing of its own.
    pub(crate) fn allow_expansion(&self) -> bool {
        !self.fatal
    }

    /// The value, or nothing and one more error.
    pub(crate) fn ok<T>(&mut self, result: syn::Result<T>) -> Option<T> {
        result.map_err(|error| self.add(error)).ok()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.is_seen.set(true);
        self.all.is_none()
    }

    /// The errors as items that the compiler reports.
    pub(crate) fn into_tokens(mut self) -> TokenStream {
        self.all.take().map(|errors| errors.to_compile_error()).unwrap_or_default()
    }
}

impl Drop for Errors {
    fn drop(&mut self) {
        debug_assert!(
            self.all.is_none() || self.is_seen.get() || std::thread::panicking(),
            "[di-macros] nobody looked at these errors: {:?}",
            self.all
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one_fault() -> Errors {
        let mut errors = Errors::default();
        errors.report(TokenStream::new(), Code::DI0012, "`clok` does not exist\n\n  help: did you mean `clock`?");
        errors
    }

    #[test]
    fn code_and_page_stand_around_the_text() {
        let expected =
            "[DI0012] `clok` does not exist\n\n  help: did you mean `clock`?\n  see `di_core::diagnostics::DI0012`";
        assert_eq!(one_fault().all.take().map(|error| error.to_string()).as_deref(), Some(expected));
    }

    #[test]
    #[should_panic(expected = "nobody looked at these errors")]
    fn errors_that_nobody_looked_at_are_a_panic() {
        drop(one_fault());
    }

    #[test]
    fn errors_that_somebody_looked_at_may_be_dropped() {
        assert!(!one_fault().is_empty());
        assert!(!one_fault().into_tokens().is_empty());
        drop(Errors::default());
    }
}
