//! Generated code as text, with tokens of the user's laid between.
//!
//! The compiler reads a text at once. Token by token, what a macro writes for each service costs several times as much, for
//! macros are compiled without optimisation. So this file speaks to the compiler itself, and not through `proc_macro2`,
//! which would read each text a second time.

use proc_macro::{Delimiter, Group, TokenStream, TokenTree};

/// The tokens of a text.
pub(crate) fn lex(text: &str) -> proc_macro2::TokenStream {
    read(text).into()
}

/// A name of the user's in a text. The compiler reads a text by the rules of this crate's edition, in which more words are
/// reserved than in some older one.
pub(crate) fn word(name: &proc_macro2::Ident) -> String {
    let name = name.to_string();
    let is_reserved_since = ["async", "await", "dyn", "gen", "try"].contains(&name.as_str());
    if is_reserved_since { format!("r#{name}") } else { name }
}

/// One after the other.
pub(crate) fn together(parts: impl IntoIterator<Item = proc_macro2::TokenStream>) -> proc_macro2::TokenStream {
    parts.into_iter().map(TokenStream::from).collect::<TokenStream>().into()
}

/// Between brackets, braces or parentheses.
pub(crate) fn within(delimiter: Delimiter, tokens: proc_macro2::TokenStream) -> proc_macro2::TokenStream {
    TokenStream::from(TokenTree::from(Group::new(delimiter, tokens.into()))).into()
}

/// Between braces, at one place.
pub(crate) fn braced_at(place: proc_macro2::Span, tokens: proc_macro2::TokenStream) -> proc_macro2::TokenStream {
    let mut group = Group::new(Delimiter::Brace, tokens.into());
    group.set_span(place.unwrap());
    TokenStream::from(TokenTree::from(group)).into()
}

/// Text and tokens in turn. What is text is read at once, up to the next tokens.
#[derive(Default)]
pub(crate) struct Written {
    text: String,
    parts: Vec<TokenStream>,
}

impl Written {
    /// Goes on with a text.
    pub(crate) fn text(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Goes on with tokens.
    pub(crate) fn tokens(&mut self, tokens: proc_macro2::TokenStream) {
        self.end_text();
        self.parts.push(tokens.into());
    }

    /// Goes on with tokens between brackets.
    pub(crate) fn bracketed(&mut self, tokens: proc_macro2::TokenStream) {
        if tokens.is_empty() {
            return self.text("[]");
        }
        self.tokens(within(Delimiter::Bracket, tokens));
    }

    /// All of it.
    pub(crate) fn into_tokens(mut self) -> proc_macro2::TokenStream {
        self.end_text();
        self.parts.into_iter().collect::<TokenStream>().into()
    }

    fn end_text(&mut self) {
        if !self.text.is_empty() {
            self.parts.push(read(&self.text));
            self.text.clear();
        }
    }
}

fn read(text: &str) -> TokenStream {
    text.parse().unwrap_or_else(|error: proc_macro::LexError| {
        let message = format!("[di-macros] what the macro writes does not read: {error}: {text}");
        TokenStream::from(quote::quote!(::core::compile_error!(#message);))
    })
}
