//! Runs of tokens: attributes, angle brackets, and what stands before or between others.

use std::iter::Peekable;

use proc_macro2::token_stream::IntoIter;
use proc_macro2::{Delimiter, Group, Spacing, TokenTree};

pub(super) type Tokens = Peekable<IntoIter>;

/// Takes all attributes that come next.
pub(super) fn attributes(tokens: &mut Tokens) -> Vec<TokenTree> {
    let mut taken = Vec::new();
    while is_punct(tokens.peek(), '#') {
        taken.extend(tokens.next());
        taken.extend(tokens.next());
    }
    taken
}

/// `<..>`, if that is what comes next.
pub(super) fn in_angles(tokens: &mut Tokens) -> Vec<TokenTree> {
    let mut taken = Vec::new();
    if !is_punct(tokens.peek(), '<') {
        return taken;
    }
    let mut depth = 0_i32;
    let mut follows_dash = false;
    for token in tokens.by_ref() {
        if !follows_dash {
            depth += angle(&token);
        }
        follows_dash =
            matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '-' && punct.spacing() == Spacing::Joint);
        taken.push(token);
        if depth == 0 {
            break;
        }
    }
    taken
}

/// Takes what comes before that.
pub(super) fn until(tokens: &mut Tokens, is_end: impl Fn(&TokenTree) -> bool) -> Vec<TokenTree> {
    let mut taken = Vec::new();
    while let Some(token) = tokens.next_if(|token| !is_end(token)) {
        taken.push(token);
    }
    taken
}

pub(super) fn is_brace(token: &TokenTree) -> Option<&Group> {
    match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => Some(group),
        _ => None,
    }
}

pub(super) fn is_word(token: &TokenTree, word: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == word)
}

pub(super) fn is_punct(token: Option<&TokenTree>, character: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == character)
}

/// How a token changes the depth of angle brackets.
pub(super) fn angle(token: &TokenTree) -> i32 {
    match token {
        TokenTree::Punct(punct) if punct.as_char() == '<' => 1,
        TokenTree::Punct(punct) if punct.as_char() == '>' => -1,
        _ => 0,
    }
}

/// What stands between these, outside of angle brackets.
pub(super) fn parts(tokens: &[TokenTree], separator: char) -> impl Iterator<Item = &[TokenTree]> {
    let mut depth = 0_i32;
    let mut follows_dash = false;
    tokens.split(move |token| {
        if !follows_dash {
            depth += angle(token);
        }
        follows_dash = is_punct(Some(token), '-');
        depth == 0 && is_punct(Some(token), separator)
    })
}
