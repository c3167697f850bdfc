//! Fields, arguments and constructors behind `#[cfg(..)]`, and attributes of the framework behind `#[cfg_attr(..)]`: an
//! attribute macro sees them before they are decided.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::punctuated::Punctuated;
use syn::{Attribute, Field, FnArg, ImplItem, Item, ItemImpl, ItemStruct, Meta, Signature, Token};

use crate::words::{ON_CONTAINERS, ON_FIELDS, ON_FUNCTIONS, ON_MEMBERS};

/// Whether something of an item stands behind a condition.
pub(crate) fn is_conditional(item: &mut Item) -> bool {
    let is_condition =
        |attribute: &Attribute| attribute.path().is_ident("cfg") || attribute.path().is_ident("cfg_attr");
    attributes(item).into_iter().flatten().any(|attribute| is_condition(attribute))
}

/// The item twice, with and without what stands behind its first `#[cfg(..)]`, each under that condition.
///
/// The compiler then expands one of the two. `attribute` is the macro that called, with its arguments.
pub(crate) fn split(attribute: &TokenStream, item: &Item) -> Option<TokenStream> {
    let (mut with, mut without) = (item.clone(), item.clone());
    let condition = match (&mut with, &mut without) {
        (Item::Struct(with), Item::Struct(without)) => split_struct(with, without),
        (Item::Impl(with), Item::Impl(without)) => split_impl(with, without),
        (Item::Fn(with), Item::Fn(without)) => split_arguments(&mut with.sig, &mut without.sig),
        _ => return None,
    };
    let condition = condition.or_else(|| split_attribute(&mut with, &mut without))?;
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
    for (position, item) in with.items.iter_mut().enumerate() {
        if let ImplItem::Fn(method) = item
            && method.attrs.iter().any(|attribute| attribute.path().is_ident("constructor"))
            && let Some(condition) = take_condition(&mut method.attrs)
        {
            without.items.remove(position);
            return Some(condition);
        }
    }
    for (item, other) in with.items.iter_mut().zip(&mut without.items) {
        let (ImplItem::Fn(method), ImplItem::Fn(other)) = (item, other) else { continue };
        if let Some(condition) = split_arguments(&mut method.sig, &mut other.sig) {
            return Some(condition);
        }
    }
    None
}

fn split_arguments(with: &mut Signature, without: &mut Signature) -> Option<TokenStream> {
    let (position, condition) = with.inputs.iter_mut().enumerate().find_map(|(position, argument)| {
        take_condition(of_argument(argument)).map(|condition| (position, condition))
    })?;
    remove(&mut without.inputs, position);
    Some(condition)
}

fn of_argument(argument: &mut FnArg) -> &mut Vec<Attribute> {
    match argument {
        FnArg::Typed(argument) => &mut argument.attrs,
        FnArg::Receiver(receiver) => &mut receiver.attrs,
    }
}

/// The first `#[cfg_attr(condition, ..)]` with an attribute of the framework in it: what is in it, and nothing.
fn split_attribute(with: &mut Item, without: &mut Item) -> Option<TokenStream> {
    for (attrs, others) in attributes(with).into_iter().zip(attributes(without)) {
        let found =
            attrs.iter().enumerate().find_map(|(position, attribute)| Some((position, Conditional::of(attribute)?)));
        if let Some((position, Conditional { condition, inner })) = found {
            attrs.splice(position..=position, inner.into_iter().map(|meta| syn::parse_quote!(#[#meta])));
            others.remove(position);
            return Some(condition);
        }
    }
    None
}

/// The lists of attributes in which those of the framework can stand.
fn attributes(item: &mut Item) -> Vec<&mut Vec<Attribute>> {
    match item {
        Item::Struct(item) => {
            std::iter::once(&mut item.attrs).chain(item.fields.iter_mut().map(|field| &mut field.attrs)).collect()
        }
        Item::Impl(item) => {
            let methods = item.items.iter_mut().filter_map(|item| match item {
                ImplItem::Fn(method) => Some(method),
                _ => None,
            });
            let lists = methods.flat_map(|method| {
                let arguments = method.sig.inputs.iter_mut().map(of_argument);
                std::iter::once(&mut method.attrs).chain(arguments)
            });
            lists.collect()
        }
        Item::Fn(item) => std::iter::once(&mut item.attrs).chain(item.sig.inputs.iter_mut().map(of_argument)).collect(),
        _ => Vec::new(),
    }
}

/// `#[cfg_attr(condition, inner..)]`
struct Conditional {
    condition: TokenStream,
    inner: Vec<Meta>,
}

impl Conditional {
    /// What the attribute says, if something in it is the framework's.
    fn of(attribute: &Attribute) -> Option<Self> {
        let Meta::List(list) = &attribute.meta else { return None };
        if !list.path.is_ident("cfg_attr") {
            return None;
        }
        let metas = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated).ok()?;
        let mut metas = metas.into_iter();
        let condition = metas.next()?.into_token_stream();
        let inner: Vec<Meta> = metas.collect();
        let places = [&ON_CONTAINERS, &ON_FIELDS, &ON_MEMBERS, &ON_FUNCTIONS];
        let is_ours = |meta: &Meta| {
            let name = meta.path().get_ident().map(ToString::to_string).unwrap_or_default();
            places.iter().any(|place| place.get(&name).is_some())
        };
        inner.iter().any(is_ours).then_some(Self { condition, inner })
    }
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

fn remove<T: Clone, P: Default>(list: &mut Punctuated<T, P>, position: usize) {
    *list = std::mem::take(list)
        .into_iter()
        .enumerate()
        .filter(|(index, _)| *index != position)
        .map(|(_, item)| item)
        .collect();
}
