//! What `where` clauses say of the size of `Self`.

use proc_macro2::{Spacing, TokenTree};

use super::tokens::{is_punct, parts};

/// Whether a `where` clause says that `Self` has a size known at compile time: then it is not for objects.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Sized {
    No,
    Yes,
    /// It depends on a trait of which the text does not tell.
    Perhaps,
}

/// What a `where` clause says of the size of `Self`.
pub(super) fn sized(clause: &[TokenTree]) -> Sized {
    let mut said = Sized::No;
    for predicate in parts(clause.get(1..).unwrap_or_default(), ',') {
        let [TokenTree::Ident(word), TokenTree::Punct(colon), bounds @ ..] = predicate else { continue };
        if word != "Self" || colon.as_char() != ':' || colon.spacing() == Spacing::Joint {
            continue;
        }
        for bound in parts(bounds, '+') {
            match last_name(bound).as_deref() {
                Some("Sized" | "Clone" | "Copy" | "Default") => return Sized::Yes,
                None | Some("Send" | "Sync" | "Unpin" | "Debug" | "Display") => {}
                Some(_) => said = Sized::Perhaps,
            }
        }
    }
    said
}

/// The name of a bound, without its path and its arguments; nothing of a lifetime.
fn last_name(bound: &[TokenTree]) -> Option<String> {
    if is_punct(bound.first(), '\'') {
        return None;
    }
    let path = bound.iter().take_while(|token| !is_punct(Some(token), '<'));
    path.filter_map(|token| match token {
        TokenTree::Ident(word) => Some(word.to_string()),
        _ => None,
    })
    .last()
}
