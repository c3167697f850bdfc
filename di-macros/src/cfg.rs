//! Fields and arguments behind `#[cfg(..)]`: an attribute macro sees them before they are decided.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, Field, FnArg, ImplItem, Item, ItemImpl, ItemStruct, Meta};

/// The item twice, with and without what stands behind its first `#[cfg(..)]`, each under that condition.
///
/// The compiler then expands one of the two. `attribute` is the macro that called, with its arguments.
pub(crate) fn split(attribute: &TokenStream, item: &Item) -> Option<TokenStream> {
    let (mut with, mut without) = (item.clone(), item.clone());
    let condition = match (&mut with, &mut without) {
        (Item::Struct(with), Item::Struct(without)) => split_struct(with, without)?,
        (Item::Impl(with), Item::Impl(without)) => split_impl(with, without)?,
        _ => return None,
    };
    Some(quote! {
        #[cfg(#condition)]
        #attribute
        #with

        #[cfg(not(#condition))]
        #attribute
        #without
    })
}

fn split_struct(with: &mut ItemStruct, without: &mut ItemStruct) -> Option<TokenStream> {
    let position = with.fields.iter().position(|field| condition_of(&field.attrs).is_some())?;
    let condition = take_condition(with.fields.iter_mut().nth(position).map(|field: &mut Field| &mut field.attrs)?)?;
    match &mut without.fields {
        syn::Fields::Named(fields) => remove(&mut fields.named, position),
        syn::Fields::Unnamed(fields) => remove(&mut fields.unnamed, position),
        syn::Fields::Unit => {}
    }
    Some(condition)
}

fn split_impl(with: &mut ItemImpl, without: &mut ItemImpl) -> Option<TokenStream> {
    for (item, other) in with.items.iter_mut().zip(&mut without.items) {
        let (ImplItem::Fn(method), ImplItem::Fn(other)) = (item, other) else { continue };
        let found = method.sig.inputs.iter_mut().enumerate().find_map(|(position, argument)| {
            let attrs = match argument {
                FnArg::Typed(argument) => &mut argument.attrs,
                FnArg::Receiver(receiver) => &mut receiver.attrs,
            };
            take_condition(attrs).map(|condition| (position, condition))
        });
        if let Some((position, condition)) = found {
            remove(&mut other.sig.inputs, position);
            return Some(condition);
        }
    }
    None
}

fn condition_of(attrs: &[Attribute]) -> Option<usize> {
    attrs.iter().position(|attribute| attribute.path().is_ident("cfg"))
}

fn take_condition(attrs: &mut Vec<Attribute>) -> Option<TokenStream> {
    match attrs.remove(condition_of(attrs)?).meta {
        Meta::List(list) => Some(list.tokens),
        Meta::Path(_) | Meta::NameValue(_) => None,
    }
}

fn remove<T: Clone, P: Default>(list: &mut syn::punctuated::Punctuated<T, P>, position: usize) {
    *list = std::mem::take(list)
        .into_iter()
        .enumerate()
        .filter(|(index, _)| *index != position)
        .map(|(_, item)| item)
        .collect();
}
