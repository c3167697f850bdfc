//! A trait as the tokens that it was written in, read as far as an interface has to know.
//!
//! Its body goes on as one token, exactly as it came: nothing of it is written again. What the compiler itself would say of
//! a trait is left to the compiler.

mod members;
mod sized;
mod tokens;

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use quote::quote;

pub(crate) use self::members::{Member, Method, Receiver};
pub(crate) use self::sized::Sized;

use self::members::members;
use self::sized::sized;
use self::tokens::{attributes, in_angles, is_brace, is_punct, is_word, until};

/// A trait, taken apart where something is put in.
pub(crate) struct TraitTokens {
    /// Its attributes, `#` and brackets each.
    pub(crate) attributes: Vec<TokenTree>,
    /// All from the visibility to the type parameters.
    pub(crate) head: Vec<TokenTree>,
    pub(crate) name: Ident,
    pub(crate) has_params: bool,
    /// The supertraits, without the colon.
    pub(crate) bounds: Vec<TokenTree>,
    /// `where ..`
    pub(crate) clause: Vec<TokenTree>,
    /// What that says of `Self`.
    pub(crate) sized: Sized,
    body: Group,
    pub(crate) members: Vec<Member>,
}

impl TraitTokens {
    /// Nothing, if it is not a trait.
    pub(crate) fn read(item: &TokenStream) -> Option<Self> {
        let mut tokens = item.clone().into_iter().peekable();
        // A trait out of a macro may be one token.
        if let Some(TokenTree::Group(group)) = tokens.peek()
            && group.delimiter() == Delimiter::None
            && let Some(read) = Self::read(&group.stream())
        {
            return Some(read);
        }
        let attributes = attributes(&mut tokens);
        let mut head = Vec::new();
        loop {
            let token = tokens.next()?;
            let (is_trait, may_stand_before) = match &token {
                TokenTree::Ident(word) => {
                    let word = word.to_string();
                    (word == "trait", word == "pub" || word == "unsafe")
                }
                TokenTree::Group(_) => (false, true),
                TokenTree::Punct(_) | TokenTree::Literal(_) => (false, false),
            };
            head.push(token);
            if is_trait {
                break;
            }
            if !may_stand_before {
                return None;
            }
        }
        let TokenTree::Ident(name) = tokens.next()? else { return None };
        head.push(name.clone().into());
        let params = in_angles(&mut tokens);
        let has_params = params.len() > 2;
        head.extend(params);
        if is_punct(tokens.peek(), ':') {
            tokens.next();
        }
        let bounds = until(&mut tokens, is_clause_or_body);
        let clause = until(&mut tokens, |token| is_brace(token).is_some());
        let body = is_brace(&tokens.next()?)?.clone();
        let members = members(&body);
        let sized = sized(&clause);
        Some(Self { attributes, head, name, has_params, bounds, clause, sized, body, members })
    }

    /// Its body, as it was written.
    pub(crate) fn body(&self) -> TokenTree {
        self.body.clone().into()
    }

    /// Its body, in which what objects cannot have asks for `Self: Sized`: after an error about that, nothing is said again.
    pub(crate) fn body_for_objects(&self, refused: &[&Ident]) -> TokenTree {
        let is_refused =
            |token: Option<&TokenTree>| matches!(token, Some(TokenTree::Ident(name)) if refused.contains(&name));
        let mut tokens = self.body.stream().into_iter().peekable();
        let mut written = TokenStream::new();
        while let Some(token) = tokens.next() {
            let is_member = is_word(&token, "fn") || is_word(&token, "type");
            written.extend([token]);
            if is_member && is_refused(tokens.peek()) {
                let is_end = |token: &TokenTree| is_punct(Some(token), ';') || is_brace(token).is_some();
                written.extend(until(&mut tokens, |token| is_word(token, "where") || is_end(token)));
                // What was written there comes behind it.
                tokens.next_if(|token| is_word(token, "where"));
                written.extend(quote!(where Self: ::core::marker::Sized,));
            }
        }
        let mut body = Group::new(Delimiter::Brace, written);
        body.set_span(self.body.span());
        body.into()
    }
}

fn is_clause_or_body(token: &TokenTree) -> bool {
    is_word(token, "where") || is_brace(token).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn read(item: &str) -> TraitTokens {
        TraitTokens::read(&item.parse().unwrap()).unwrap()
    }

    #[test]
    fn a_trait_is_taken_apart_at_its_bounds() {
        let read = read(
            "#[doc = \"a\"] pub(crate) unsafe trait I<'a, T: Fn() -> Vec<u8>>: A + B<T> where T: C { fn f(&self); }",
        );
        let text = |tokens: &[TokenTree]| tokens.iter().cloned().collect::<TokenStream>().to_string();
        assert_eq!(text(&read.bounds), "A + B < T >");
        assert_eq!(text(&read.clause), "where T : C");
        assert!(read.has_params && read.name == "I" && read.attributes.len() == 2);
        assert_eq!(read.members.len(), 1);
    }

    #[test]
    fn what_is_not_a_trait_is_not_read() {
        for item in ["pub struct S { a: u8 }", "impl I for S {}", "enum E {}", "", "impl trait"] {
            assert!(TraitTokens::read(&item.parse().unwrap()).is_none(), "{item}");
        }
    }

    #[test]
    fn a_macro_may_have_written_the_visibility() {
        let mut item: TokenStream = TokenTree::from(Group::new(Delimiter::None, quote!(pub))).into();
        item.extend(quote!(
            trait I {
                fn f(&self);
            }
        ));
        assert_eq!(TraitTokens::read(&item).map(|read| read.name.to_string()), Some("I".to_owned()));
        let whole = TokenTree::from(Group::new(
            Delimiter::None,
            quote!(
                pub trait I {}
            ),
        ));
        assert!(TraitTokens::read(&whole.into()).is_some());
    }
}
