//! Construction modes, as constructors have them and as `build = ..` declares them.

use proc_macro2::Ident;

/// Whether a constructor or a build is async, and whether it can fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Mode {
    pub(crate) is_async: bool,
    pub(crate) is_fallible: bool,
}

impl Mode {
    /// What a word of `build = ..` declares.
    pub(crate) fn of_word(word: &Ident) -> Self {
        let word = word.to_string();
        Self {
            is_async: word.starts_with("async"),
            is_fallible: matches!(word.as_str(), "fallible" | "async_fallible"),
        }
    }

    /// The word that declares it.
    pub(crate) const fn word(self) -> &'static str {
        match (self.is_async, self.is_fallible) {
            (false, false) => "infallible",
            (false, true) => "fallible",
            (true, false) => "async",
            (true, true) => "async_fallible",
        }
    }

    /// The name of its type.
    pub(crate) fn type_name(self) -> &'static str {
        match (self.is_async, self.is_fallible) {
            (false, false) => "Infallible",
            (false, true) => "Fallible",
            (true, false) => "Async",
            (true, true) => "AsyncFallible",
        }
    }
}

#[cfg(test)]
mod tests {
    use proc_macro2::Span;

    use super::*;

    #[test]
    fn each_word_declares_the_mode_that_has_it() {
        for word in crate::words::BUILD.words {
            let ident = Ident::new(word.name, Span::call_site());
            assert_eq!(Mode::of_word(&ident).word(), word.name);
        }
        assert_eq!(crate::words::BUILD.words.len(), 4);
    }
}
