//! Lists of keys in an attribute: `provides = IA, close`, with the nearest right spelling for a wrong one (DI0012).

use proc_macro2::{Ident, Span};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Token, parenthesized};

use crate::errors::{Code, Errors};
use crate::words::{Place, Word};

/// The keys of one attribute.
pub(crate) struct Keys(pub(crate) &'static Place);

impl Keys {
    /// Reads `key`, `key = value` and `key(..)`, separated by commas; `read` takes the value of an allowed key.
    ///
    /// Unknown keys and keys that stand twice become errors, and reading goes on after them.
    pub(crate) fn read(
        &self,
        tokens: proc_macro2::TokenStream,
        errors: &mut Errors,
        mut read: impl FnMut(&Ident, ParseStream<'_>, &mut Errors) -> syn::Result<()>,
    ) {
        let mut seen: Vec<Ident> = Vec::new();
        let parser = |input: ParseStream<'_>| {
            while !input.is_empty() {
                let key = input.call(Ident::parse_any).map_err(|error| no_key(&error, self.0))?;
                let name = key.to_string();
                let Some(word) = self.0.get(&name) else {
                    errors.add(unknown(&key, self.0));
                    skip_value(input);
                    pass_comma(input)?;
                    continue;
                };
                if seen.contains(&key) {
                    errors.report(
                        &key,
                        Code::DI0012,
                        format_args!("`{name}` stands twice in `{}`\n\n  help: remove one", self.0.name),
                    );
                    skip_value(input);
                } else {
                    if let Err(error) = read(&key, input, errors) {
                        errors.add(in_our_words(error, &key, word));
                        skip_value(input);
                    }
                    seen.push(key);
                }
                pass_comma(input)?;
            }
            Ok(())
        };
        let result = parser.parse2(tokens);
        errors.ok(result);
    }
}

/// An error of the parser about what stands behind a key: how the key is written. Errors of ours stay as they are.
fn in_our_words(error: syn::Error, key: &Ident, word: &Word) -> syn::Error {
    if error.to_string().starts_with("[DI") {
        return error;
    }
    let written = word.written.replace("\\|", "|");
    Code::DI0012.error(key.span(), format_args!("`{key}` is not written like this\n\n  help: write {written}"))
}

fn no_key(error: &syn::Error, place: &Place) -> syn::Error {
    Code::DI0012.error(error.span(), format_args!("expected a key\n\n  allowed here: {}", list(place)))
}

fn pass_comma(input: ParseStream<'_>) -> syn::Result<()> {
    if input.is_empty() {
        return Ok(());
    }
    match input.parse::<Token![,]>() {
        Ok(_) => Ok(()),
        Err(_) => Err(expected(input.span(), "a comma between two keys")),
    }
}

fn unknown(key: &Ident, place: &Place) -> syn::Error {
    let mut message = format!("`{key}` does not exist in `{}`\n", place.name);
    if let Some(near) = nearest(&key.to_string(), &place.names()) {
        message += &format!("\n  help: did you mean `{near}`?");
    }
    message += &format!("\n  allowed here: {}", list(place));
    Code::DI0012.error(key.span(), message)
}

/// `` `a`, `b`, `c` ``
pub(crate) fn list(place: &Place) -> String {
    enumerated(&place.names())
}

/// `` `a`, `b`, `c` ``
pub(crate) fn enumerated(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

/// The value after `=`.
pub(crate) fn value<T: syn::parse::Parse>(input: ParseStream<'_>) -> syn::Result<T> {
    input.parse::<Token![=]>()?;
    input.parse()
}

/// One word out of a few, after `=`.
pub(crate) fn word(input: ParseStream<'_>, place: &Place) -> syn::Result<Ident> {
    input.parse::<Token![=]>()?;
    let word = input.call(Ident::parse_any)?;
    if place.get(&word.to_string()).is_some() { Ok(word) } else { Err(unknown(&word, place)) }
}

/// What stands in parentheses.
pub(crate) fn parentheses(input: ParseStream<'_>) -> syn::Result<proc_macro2::TokenStream> {
    let content;
    parenthesized!(content in input);
    content.parse()
}

/// An error at a place, for a value that is not what the key takes.
pub(crate) fn expected(span: Span, what: &str) -> syn::Error {
    Code::DI0012.error(span, format_args!("expected {what}"))
}

/// Passes over what belongs to an unknown key.
fn skip_value(input: ParseStream<'_>) {
    while !input.is_empty() && !input.peek(Token![,]) {
        if input.parse::<proc_macro2::TokenTree>().is_err() {
            return;
        }
    }
}

/// The allowed word that is spelt most alike, or that begins so.
pub(crate) fn nearest<'a>(word: &str, allowed: &[&'a str]) -> Option<&'a str> {
    if word.len() > 2
        && let Some(longer) = allowed.iter().find(|candidate| candidate.starts_with(word))
    {
        return Some(longer);
    }
    let limit = word.chars().count().max(3) / 3 + 1;
    allowed
        .iter()
        .map(|candidate| (distance(word, candidate), *candidate))
        .min()
        .filter(|(distance, _)| *distance <= limit)
        .map(|(_, candidate)| candidate)
}

/// The edits that make one word the other (Levenshtein).
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (position, a) in left.chars().enumerate() {
        let mut next = vec![position + 1];
        for ((b, above), diagonal) in right.iter().zip(row.iter().skip(1)).zip(&row) {
            let beside = next.last().copied().unwrap_or(0) + 1;
            next.push(beside.min(above + 1).min(diagonal + usize::from(a != *b)));
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_misspelt_word_finds_the_one_that_was_meant() {
        let allowed = ["provides", "close", "post_construct", "crate"];
        assert_eq!(nearest("provide", &allowed), Some("provides"));
        assert_eq!(nearest("closes", &allowed), Some("close"));
        assert_eq!(nearest("postconstruct", &allowed), Some("post_construct"));
        assert_eq!(nearest("post", &allowed), Some("post_construct"));
        assert_eq!(nearest("lifetime", &allowed), None);
    }
}
