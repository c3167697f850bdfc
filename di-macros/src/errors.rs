//! Errors of one macro call, so that all of them are reported in one build.

use proc_macro2::TokenStream;
use quote::ToTokens;

/// All that is wrong with one use of a macro.
#[derive(Default)]
pub(crate) struct Errors {
    all: Option<syn::Error>,
    fatal: bool,
}

impl Errors {
    /// Adds an error with the caret under `tokens`.
    pub(crate) fn at(&mut self, tokens: impl ToTokens, message: impl std::fmt::Display) {
        self.add(syn::Error::new_spanned(tokens, message));
    }

    pub(crate) fn add(&mut self, error: syn::Error) {
        match &mut self.all {
            Some(errors) => errors.combine(error),
            none => *none = Some(error),
        }
    }

    /// Adds an error after which the item cannot be written out as it stands.
    pub(crate) fn fatal(&mut self, tokens: impl ToTokens, message: impl std::fmt::Display) {
        self.at(tokens, message);
        self.fatal = true;
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
        self.all.is_none()
    }

    /// The errors as items that the compiler reports.
    pub(crate) fn into_tokens(self) -> TokenStream {
        self.all.map(|errors| errors.to_compile_error()).unwrap_or_default()
    }
}
