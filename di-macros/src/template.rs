//! Generated code as text, with tokens of the user's laid between.
//!
//! The compiler reads a text at once. Token by token, what a macro writes for each service costs several times as much, for
//! macros are compiled without optimisation. So this file speaks to the compiler itself, and not through `proc_macro2`,
//! which would read each text a second time.
//!
//! What a text leaves out is a place: all of it stands at the macro's call. An expression in which the user may have got
//! something wrong is written by a [`Template`], whose tokens are read once and put at each place where it is needed.

use std::cell::OnceCell;

use proc_macro::{Delimiter, Group, Span, TokenStream, TokenTree};

use crate::trees::{Trees, group};

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

/// The tokens of a short text of names, lifetimes and punctuation, at one place.
///
/// Up to some ten tokens, this costs less than asking the compiler.
pub(crate) fn short(place: proc_macro2::Span, text: &str) -> Vec<proc_macro2::TokenTree> {
    let mut tokens = Vec::with_capacity(text.len() / 2);
    let mut rest = text;
    while let [first, after @ ..] = rest.as_bytes() {
        let length = match first {
            b' ' => 1,
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' => {
                let length = length_of_name(rest.as_bytes());
                tokens.push(proc_macro2::Ident::new(rest.get(..length).unwrap_or_default(), place).into());
                length
            }
            _ => {
                // `'` begins a lifetime; else two characters may be one token.
                let is_joint = *first == b'\'' || matches!(after, [b'!'..=b'/' | b':'..=b'@', ..]);
                let spacing = if is_joint { proc_macro2::Spacing::Joint } else { proc_macro2::Spacing::Alone };
                let mut punct = proc_macro2::Punct::new(char::from(*first), spacing);
                punct.set_span(place);
                tokens.push(punct.into());
                1
            }
        };
        rest = rest.get(length..).unwrap_or_default();
    }
    tokens
}

fn length_of_name(mut rest: &[u8]) -> usize {
    let mut length = 0;
    while let [b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_', after @ ..] = rest {
        length += 1;
        rest = after;
    }
    length
}

/// One after the other.
pub(crate) fn together(parts: impl IntoIterator<Item = proc_macro2::TokenStream>) -> proc_macro2::TokenStream {
    parts.into_iter().map(TokenStream::from).collect::<TokenStream>().into()
}

/// Between brackets, braces or parentheses.
pub(crate) fn within(delimiter: Delimiter, tokens: proc_macro2::TokenStream) -> proc_macro2::TokenStream {
    TokenStream::from(TokenTree::from(Group::new(delimiter, tokens.into()))).into()
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

    /// Goes on with what stands between braces.
    pub(crate) fn braced(&mut self, contents: Self) {
        self.tokens(within(Delimiter::Brace, contents.into_tokens()));
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

/// A text with slots, `$0` and so on, that is written at many places. It is read once, when it is needed.
pub(crate) struct Template {
    text: &'static str,
    parts: OnceCell<Vec<Part>>,
}

enum Part {
    Token(TokenTree),
    Group(Delimiter, Vec<Self>),
    Slot(usize),
}

impl Template {
    pub(crate) const fn new(text: &'static str) -> Self {
        Self { text, parts: OnceCell::new() }
    }

    /// The tokens of the text, all at one place, and what fills each slot.
    pub(crate) fn fill<const SLOTS: usize>(&self, place: Span, mut slots: [Trees; SLOTS]) -> Trees {
        write(self.parts.get_or_init(|| parts(read(self.text))), place, &mut slots)
    }
}

fn parts(text: TokenStream) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut text = text.into_iter().peekable();
    while let Some(token) = text.next() {
        parts.push(match (token, text.peek()) {
            (TokenTree::Punct(dollar), Some(TokenTree::Literal(number))) if dollar.as_char() == '$' => {
                let slot = number.to_string().parse().unwrap_or_default();
                text.next();
                Part::Slot(slot)
            }
            (TokenTree::Group(group), _) => Part::Group(group.delimiter(), self::parts(group.stream())),
            (token, _) => Part::Token(token),
        });
    }
    parts
}

fn write(parts: &[Part], place: Span, slots: &mut [Trees]) -> Trees {
    let mut written = Vec::with_capacity(2 * parts.len());
    for part in parts {
        match part {
            Part::Token(token) => {
                let mut token = token.clone();
                token.set_span(place);
                written.push(token);
            }
            Part::Group(delimiter, within) => {
                let mut group = group(*delimiter, write(within, place, slots));
                group.set_span(place);
                written.push(group);
            }
            Part::Slot(slot) => {
                if let Some(slot) = slots.get_mut(*slot) {
                    written.append(slot);
                }
            }
        }
    }
    written
}

fn read(text: &str) -> TokenStream {
    text.parse().unwrap_or_else(|error: proc_macro::LexError| {
        let message = format!("[di-macros] what the macro writes does not read: {error}: {text}");
        TokenStream::from(quote::quote!(::core::compile_error!(#message);))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_text_is_read_as_the_compiler_reads_it() {
        for text in ["::core::marker::Send + 'static", "impl<__V: ::di_core::A1<", ">", "use a1 as _;", "<'_, A>", "+="]
        {
            let ours: proc_macro2::TokenStream = short(proc_macro2::Span::call_site(), text).into_iter().collect();
            let theirs: proc_macro2::TokenStream = text.parse().expect(text);
            assert_eq!(format!("{ours:?}"), format!("{theirs:?}"), "{text}");
        }
    }
}
