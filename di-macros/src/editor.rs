//! Docs for rust-analyzer alone: those of each key, at the key.
//!
//! Keys are no items, so there is nothing to hover over. For the editor alone, each becomes an empty module of its name
//! and at its place, with the docs of [`words`](crate::words). The
//! compiler is never given these tokens ([decision 17](../../docs/decisions/0017-the-editor-sees-more.md)).

use std::sync::OnceLock;

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};
use quote::quote;

use crate::words::{CONTAINER, INTERFACE, ON_CONTAINERS, ON_FIELDS, ON_FUNCTIONS, ON_MEMBERS, Place, SERVICE, Word};

/// Whether rust-analyzer's server for procedural macros runs this; it is started with this variable.
pub(crate) fn is_the_editor() -> bool {
    static IS_THE_EDITOR: OnceLock<bool> = OnceLock::new();
    *IS_THE_EDITOR.get_or_init(|| std::env::var_os("RUST_ANALYZER_INTERNALS_DO_NOT_USE").is_some())
}

/// The docs of the keys in `#[service(..)]` and on its item.
pub(crate) fn service(args: &TokenStream, item: &TokenStream) -> TokenStream {
    docs(&SERVICE, &[&ON_FUNCTIONS, &ON_MEMBERS], args, item)
}

/// The docs of the keys in `#[container(..)]`, on its struct and on its fields.
pub(crate) fn container(args: &TokenStream, item: &TokenStream) -> TokenStream {
    docs(&CONTAINER, &[&ON_CONTAINERS, &ON_FIELDS], args, item)
}

/// The docs of the keys in `#[interface(..)]`.
pub(crate) fn interface(args: &TokenStream, _: &TokenStream) -> TokenStream {
    docs(&INTERFACE, &[], args, &TokenStream::new())
}

fn docs(place: &'static Place, on_item: &[&'static Place], args: &TokenStream, item: &TokenStream) -> TokenStream {
    let mut found = Vec::new();
    keys(&[place], args.clone(), &mut found);
    attributes(on_item, item.clone(), &mut found);
    // `crate` cannot name a module; the editor explains it as the keyword that it is.
    let modules = found.iter().filter(|(name, _)| name != "crate").map(|(name, word)| {
        let text = hover(word);
        // A block for each, since a key may stand in several attributes.
        quote!({
            #[doc = #text]
            mod #name {}
        })
    });
    quote!(const _: () = { #(#modules)* };)
}

/// A key where it is written.
type Written = (Ident, &'static Word);

/// The keys of one attribute: words at the beginning and after each comma, and what stands behind them.
fn keys(places: &[&'static Place], tokens: TokenStream, found: &mut Vec<Written>) {
    let mut inner: Option<&'static Place> = None;
    let mut begins = true;
    for token in tokens {
        match token {
            TokenTree::Ident(name) if begins => {
                inner = word(places, name, found).and_then(|word| word.inner);
                begins = false;
            }
            TokenTree::Ident(name) => {
                inner.and_then(|inner| word(&[inner], name, found));
            }
            TokenTree::Group(group) => {
                if let Some(inner) = inner {
                    keys(&[inner], group.stream(), found);
                }
            }
            TokenTree::Punct(punct) => begins = punct.as_char() == ',',
            TokenTree::Literal(_) => {}
        }
    }
}

fn word(places: &[&'static Place], name: Ident, found: &mut Vec<Written>) -> Option<&'static Word> {
    let text = name.to_string();
    let word = places.iter().find_map(|place| place.get(&text))?;
    found.push((name, word));
    Some(word)
}

/// The framework's attributes anywhere in an item.
fn attributes(places: &[&'static Place], item: TokenStream, found: &mut Vec<Written>) {
    let mut after_hash = false;
    for token in item {
        if let TokenTree::Group(group) = &token {
            if after_hash && group.delimiter() == Delimiter::Bracket {
                keys(places, group.stream(), found);
            } else {
                attributes(places, group.stream(), found);
            }
        }
        after_hash = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '#');
    }
}

/// What the editor shows.
fn hover(word: &Word) -> String {
    let Word { written, meaning, default, inner, .. } = word;
    let default = default.map(|default| format!("\n\nDefault: {default}")).unwrap_or_default();
    let inner = inner.iter().flat_map(|place| place.words);
    let inner: String = inner.map(|word| format!("\n- {}: {}", word.written, word.meaning)).collect();
    let gap = if inner.is_empty() { "" } else { "\n" };
    // In a table, a bar that is none of its own is escaped.
    format!("{written}: {meaning}{default}{gap}{inner}").replace("\\|", "|")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(docs: TokenStream) -> Vec<String> {
        let text = docs.to_string();
        text.split("mod ").skip(1).filter_map(|rest| Some(rest.split_once(' ')?.0.to_owned())).collect()
    }

    #[test]
    fn each_key_that_is_written_has_its_docs() {
        let args = quote!(provides = IClock, lifecycle(start = "5s"), concrete = deprecated, crate = injector);
        let item = quote! {
            #[derive(Debug)]
            struct Clock {
                #[inject(qualified = Primary)]
                zone: Arc<Zone>,
                #[arg]
                provides: u32,
            }
        };
        assert_eq!(
            written(service(&args, &item)),
            ["provides", "lifecycle", "start", "concrete", "deprecated", "inject", "qualified", "arg"]
        );
        let item = quote! {
            #[absent(dyn ITracer)]
            struct App {
                #[input]
                input: String,
                #[many(dyn IClock, key = "a")]
                #[register(dual, deprecated)]
                clock: Clock,
            }
        };
        let args = quote!(register = dual, build = fallible);
        assert_eq!(
            written(container(&args, &item)),
            ["register", "dual", "build", "fallible", "absent", "input", "many", "register", "dual", "deprecated"]
        );
    }

    #[test]
    fn the_docs_of_a_key_are_those_of_the_list() {
        let docs = service(
            &quote!(close),
            &quote!(
                struct Clock;
            ),
        )
        .to_string();
        assert!(
            docs.contains("`close = path`: the service implements `Close`, which the container's `close` calls"),
            "{docs}"
        );
        assert!(docs.contains("Default: no"), "{docs}");
    }
}
