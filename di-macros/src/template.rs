//! Generated code as text, with tokens of the user's put in for words.
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

/// The tokens of a text, at one place; each word that is listed is replaced by its tokens, which stay where they are.
pub(crate) fn splice(
    text: &str,
    place: proc_macro2::Span,
    words: &[(&str, &proc_macro2::TokenStream)],
) -> proc_macro2::TokenStream {
    let words: Vec<(&str, TokenStream)> =
        words.iter().map(|(name, tokens)| (*name, TokenStream::from((*tokens).clone()))).collect();
    put(read(text), place.unwrap(), &words).into()
}

fn read(text: &str) -> TokenStream {
    text.parse().unwrap_or_else(|error: proc_macro::LexError| {
        let message = format!("[di-macros] what the macro writes does not read: {error}: {text}");
        TokenStream::from(quote::quote!(::core::compile_error!(#message);))
    })
}

fn put(tokens: TokenStream, place: Span, words: &[(&str, TokenStream)]) -> TokenStream {
    let mut out = TokenStream::new();
    let mut trees: Vec<TokenTree> = Vec::new();
    for mut token in tokens {
        match &mut token {
            TokenTree::Group(group) => {
                let mut moved = Group::new(group.delimiter(), put(group.stream(), place, words));
                moved.set_span(place);
                trees.push(moved.into());
            }
            TokenTree::Ident(word) if !words.is_empty() => {
                let name = word.to_string();
                let found = if name.starts_with("__") { words.iter().find(|(word, _)| *word == name) } else { None };
                if let Some((_, tokens)) = found {
                    out.extend(trees.drain(..));
                    out.extend([tokens.clone()]);
                } else {
                    token.set_span(place);
                    trees.push(token);
                }
            }
            TokenTree::Ident(_) | TokenTree::Punct(_) | TokenTree::Literal(_) => {
                token.set_span(place);
                trees.push(token);
            }
        }
    }
    if out.is_empty() {
        return trees.into_iter().collect();
    }
    out.extend(trees);
    out
}
