//! The expansion of `#[service]`: the service, its construction, a view per interface, and what it says of itself.

mod construction;
mod offers;
mod said;
mod unknown;
mod views;
mod words;

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Item, ItemStruct, parse_quote};

use crate::check::not_injectable;
use crate::errors::{Code, Errors};
use crate::model::service::Service;
use crate::model::service_args::Args;
use crate::model::source::Source;
use crate::model::unshared::{Unshared, unshared};
use crate::template::{Written, together};
use crate::{cfg, check};

use self::construction::the_service;
use self::offers::closing;
use self::unknown::unknown_dependencies;
use self::views::{provided, view};
use self::words::Words;

/// Expands the attribute.
pub(crate) fn service(args: TokenStream, item: TokenStream) -> TokenStream {
    let mut parsed: Item = match crate::parse::item(item.clone()) {
        Ok(parsed) => parsed,
        Err(error) => {
            let error = error.to_compile_error();
            return quote!(#error #item);
        }
    };
    let mut errors = Errors::default();
    let read = Args::parse(args.clone(), &mut errors);
    let krate = crate::model::crate_path(read.krate.as_ref());
    if errors.is_empty()
        && cfg::is_conditional(&mut parsed)
        && let Some(split) = cfg::split(&quote!(#[#krate::service(#args)]), &parsed)
    {
        return split;
    }
    let attributes = attributes(&parsed);
    let mut service = match &mut parsed {
        Item::Struct(item) => Some(Service::of_struct(read, item, &mut errors)),
        Item::Impl(item) => Service::of_impl(read, item, &mut errors),
        Item::Fn(item) => Service::of_function(read, item, &mut errors),
        other => {
            errors.report(
                &*other,
                Code::DI0012,
                "`#[service]` stands on a struct, on an impl block with a `#[constructor]`, or on a function",
            );
            None
        }
    };
    if let Some(service) = &service {
        check::service::check(service, &mut errors);
    }
    let has_changed = match (&mut service, &mut parsed) {
        (Some(service), Item::Struct(item)) => replace_unshared(service, item),
        _ => false,
    };
    let stubbed = service.and_then(Service::without_lifetimes);
    // What was not changed is passed on as it is.
    let is_unchanged = !has_changed && attributes.is_some() && attributes == self::attributes(&parsed);
    let generated = stubbed.map(|service| expand(&service, !errors.is_empty())).unwrap_or_default();
    let errors = errors.into_tokens();
    let item = if is_unchanged { item } else { quote!(#parsed) };
    together([item, generated, errors])
}

/// Replaces each field that threads cannot share, which has been reported, so that nothing more is said of it.
fn replace_unshared(service: &mut Service, item: &mut ItemStruct) -> bool {
    let krate = service.krate.clone();
    let mut has_changed = false;
    for (member, field) in service.members.iter_mut().zip(&mut item.fields) {
        if let Some(Unshared { held, instead }) = unshared(&member.ty) {
            let key = not_injectable::key_in(held);
            member.ty = match (instead, &member.source) {
                ("Arc", Source::Injected { .. }) => parse_quote!(#krate::__private::Arc<#key>),
                // It cannot be injected, as the compiler tells.
                (_, Source::Injected { .. }) => continue,
                _ => {
                    let own = &member.ty;
                    parse_quote!(#krate::__private::Reported<#own>)
                }
            };
            field.ty = member.ty.clone();
            has_changed = true;
        }
    }
    has_changed
}

/// How many attributes a struct and its fields have; other items are not asked.
fn attributes(item: &Item) -> Option<usize> {
    let Item::Struct(item) = item else { return None };
    Some(item.attrs.len() + item.fields.iter().map(|field| field.attrs.len()).sum::<usize>())
}

/// The service; after errors a stub of it, so that containers that list it say nothing of their own.
fn expand(service: &Service, is_stub: bool) -> TokenStream {
    let words = Words::of(service);
    let mut written = Written::default();
    the_service(service, &words, is_stub, &mut written);
    for interface in &service.interfaces {
        view(service, &words, interface, &mut written);
    }
    let product = service.product.as_ref().map(|product| provided(service, product, &words));
    let closing = if is_stub { None } else { closing(service, &words) };
    let unknown = unknown_dependencies(service);
    for more in [product, closing, unknown].into_iter().flatten() {
        written.tokens(more);
    }
    written.into_tokens()
}
