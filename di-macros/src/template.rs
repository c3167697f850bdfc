//! Generated code as text, with tokens of the user's laid between.
//!
//! The compiler reads a text at once. Token by token, what a macro writes for each service costs several times as much, for
//! macros are compiled without optimisation. So this file speaks to the compiler itself, and not through `proc_macro2`,
//! which would read each text a second time.

use proc_macro::{Delimiter, Group, Span, TokenStream, TokenTree};

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

/// The tokens of a text, at one place.
pub(crate) fn lex_at(text: &str, place: proc_macro2::Span) -> proc_macro2::TokenStream {
    put(read(text), place.unwrap()).into()
}

fn read(text: &str) -> TokenStream {
    text.parse().unwrap_or_else(|error: proc_macro::LexError| {
        let message = format!("[di-macros] what the macro writes does not read: {error}: {text}");
        TokenStream::from(quote::quote!(::core::compile_error!(#message);))
    })
}

fn put(tokens: TokenStream, place: Span) -> TokenStream {
    let mut trees: Vec<TokenTree> = Vec::new();
    for mut token in tokens {
        if let TokenTree::Group(group) = &token {
            token = Group::new(group.delimiter(), put(group.stream(), place)).into();
        }
        token.set_span(place);
        trees.push(token);
    }
    trees.into_iter().collect()
}
