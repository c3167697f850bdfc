//! The expansion of `#[container]`: the struct, its inputs, and a chain of macros that ends in [`finish()`], which knows the
//! whole graph and writes the rest.

mod at_once;
mod awaited;
mod bindings;
mod chain;
mod docs;
mod finish;
mod graph;
mod group;
mod item;
mod keys;
mod supply;
mod templates;
mod typed;
mod warnings;
mod wiring;

pub(crate) use chain::collect;
pub(crate) use finish::finish;

use proc_macro::Delimiter;
use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote};
use syn::Item;

use crate::errors::{Code, Errors};
use crate::model::container::{Args, Container};
use crate::template::{Written, together, within};
use crate::{cfg, check};

/// Expands the attribute.
pub(crate) fn container(args: TokenStream, item: TokenStream) -> TokenStream {
    let (parsed, fields) = match crate::parse::item_and_fields(item.clone()) {
        Ok((Item::Struct(parsed), fields)) => (parsed, fields),
        other => {
            let error = match other {
                Ok((other, _)) => Code::DI0012
                    .error_at(&other, "`#[container]` stands on a struct: each field is something that exists"),
                Err(error) => error,
            };
            let error = error.to_compile_error();
            return quote!(#error #item);
        }
    };
    let mut errors = Errors::default();
    let read = Args::parse(args.clone(), &mut errors);
    if let Some(from) = &read.from {
        let expanded = super::overriding::call(from, &read, &parsed, &mut errors);
        let errors = errors.into_tokens();
        return quote!(#expanded #errors);
    }
    if let Some(replace) = &read.replace {
        errors.report(
            replace,
            Code::DI0012,
            "`replace(..)` needs `from = ..`: the container whose fields are replaced",
        );
    }
    let mut parsed = Item::Struct(parsed);
    if errors.is_empty() && cfg::is_conditional(&mut parsed) {
        let krate = crate::model::crate_path(read.krate.as_ref());
        if let Some(split) = cfg::split(&quote!(#[#krate::container(#args)]), &parsed) {
            return split;
        }
    }
    let Item::Struct(parsed) = parsed else { return TokenStream::new() };
    // What a macro passes on may stand in an invisible group, which is taken off.
    let item = if fields.is_some() { item } else { parsed.to_token_stream() };
    let definition = together([within(Delimiter::Bracket, args), item]);
    let container = Container::of_struct(read, parsed, definition, &mut errors);
    check::container::check(&container, &mut errors);
    let mut written = Written::default();
    if errors.allow_expansion() {
        item::item(&container, &mut written);
        chain::chain(&container, !errors.is_empty(), &mut written);
    } else {
        written.tokens(item::stub(&container));
    }
    if !errors.is_empty() {
        written.tokens(errors.into_tokens());
    }
    written.into_tokens()
}
