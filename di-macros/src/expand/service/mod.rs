//! The expansion of `#[service]`: the service, its construction, a view per interface, and what it says of itself.

mod construction;
mod offers;
mod said;
mod unknown;
mod views;
mod words;

use proc_macro2::{Group, TokenStream};
use quote::quote;
use syn::{Item, ItemStruct, Type, parse_quote};

use crate::check::not_injectable;
use crate::errors::{Code, Errors};
use crate::model::service::Service;
use crate::model::service_args::Args;
use crate::model::source::Source;
use crate::model::unshared::Unshared;
use crate::template::Written;
use crate::{cfg, check};

use self::construction::the_service;
use self::offers::closing;
use self::unknown::unknown_dependencies;
use self::views::{provided, view};
use self::words::Words;

/// Expands the attribute.
pub(crate) fn service(args: TokenStream, item: TokenStream) -> TokenStream {
    let (mut parsed, fields) = match crate::parse::item_and_fields(item.clone()) {
        Ok(parsed) => parsed,
        Err(error) => {
            let error = error.to_compile_error();
            return quote!(#error #item);
        }
    };
    let mut errors = Errors::default();
    let read = Args::parse(args.clone(), &mut errors);
    if errors.is_empty() && cfg::is_conditional(&mut parsed) {
        let krate = crate::model::crate_path(read.krate.as_ref());
        if let Some(split) = cfg::split(&quote!(#[#krate::service(#args)]), &parsed) {
            return split;
        }
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
    // What was not changed is passed on as it is.
    let is_unchanged = !has_changed && attributes.is_some() && attributes == self::attributes(&parsed);
    let mut written = Written::default();
    written.tokens(if is_unchanged { item } else { quote!(#parsed) });
    if let Some(service) = service.and_then(Service::without_lifetimes) {
        expand(&service, fields.filter(|_| is_unchanged), !errors.is_empty(), &mut written);
    }
    if !errors.is_empty() {
        written.tokens(errors.into_tokens());
    }
    written.into_tokens()
}

/// Replaces each field that threads cannot share, which has been reported, so that nothing more is said of it.
fn replace_unshared(service: &mut Service, item: &mut ItemStruct) -> bool {
    let Service { krate, members, .. } = service;
    let mut has_changed = false;
    for (member, field) in members.iter_mut().zip(&mut item.fields) {
        if let Some(Unshared { held, instead }) = member.unshared() {
            let key = not_injectable::key_in(held);
            let ty: Type = match (instead, &member.source) {
                ("Arc", Source::Injected { .. }) => parse_quote!(#krate::__private::Arc<#key>),
                // It cannot be injected, as the compiler tells.
                (_, Source::Injected { .. }) => continue,
                _ => {
                    let own = &member.ty;
                    parse_quote!(#krate::__private::Reported<#own>)
                }
            };
            field.ty = ty.clone();
            member.set_type(ty);
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

/// The service; after errors a stub of it, so that containers that list it say nothing of their own. `fields` are those of a
/// struct, if nothing of ours stands on them.
fn expand(service: &Service, fields: Option<Group>, is_stub: bool, written: &mut Written) {
    let words = Words::of(service);
    the_service(service, &words, fields, is_stub, written);
    for interface in &service.interfaces {
        view(service, &words, interface, written);
    }
    let product = service.product.as_ref().map(|product| provided(service, product, &words));
    let closing = if is_stub { None } else { closing(service, &words) };
    let unknown = unknown_dependencies(service);
    for more in [product, closing, unknown].into_iter().flatten() {
        written.tokens(more);
    }
}
