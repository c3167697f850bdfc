//! The call of the hidden macro of each field's type.

use proc_macro2::TokenStream;
use quote::quote;
use syn::LitStr;

use crate::model::container::Container;
use crate::model::field::Spec;
use crate::model::listed::{Field, Kind, Shape};
use crate::spans::{Caret, at};
use crate::text::text;

/// The calls of the hidden macros, all in one block: a block of its own for each would be one more body to check.
pub(super) fn field_calls(container: &Container) -> TokenStream {
    let krate = &container.krate;
    let listed = container.fields.iter().enumerate();
    let listed = listed.filter(|(_, field)| !matches!(field.kind, Kind::Input | Kind::Inherit));
    let calls: Vec<_> = listed.map(|(index, field)| field_call(container, index, field)).collect();
    if calls.is_empty() {
        return TokenStream::new();
    }
    quote! {
        const _: () = {
            #[allow(unused_imports)]
            use #krate::__private::{CannotMake as _, NoService as _, Unanswered as _, not_a_service as __service};
            #(#calls)*
        };
    }
}

/// The call of the hidden macro that travels under the field's type; the fallback takes types that have none.
fn field_call(container: &Container, index: usize, field: &Field) -> TokenStream {
    let Container { krate, name, .. } = container;
    let private = quote!(#krate::__private);
    let spec = Spec {
        container: name.clone(),
        krate: krate.clone(),
        index,
        name: field.name.clone(),
        ty: field.ty.clone(),
        kind: field.kind,
        registration: field.registration,
        qualifier: field.qualifier.clone(),
        group: field.group.as_ref().map(|membership| text(&membership.interface)),
        key: field.group.as_ref().and_then(|membership| membership.key.as_ref()).map(LitStr::value),
        entry: field.entry,
    };
    let call = quote!([#private::field] #spec);
    match macro_path(&field.ty) {
        Some(path) => {
            // So that a misspelt type is underlined, and not the attribute.
            let import = at(Caret::under(&path).first, quote!(use));
            let alias = at(Caret::under(&path).last, quote!(as __service;));
            quote! {
                {
                    #[allow(unused_imports)]
                    #import #path #alias
                    {
                        #[allow(unused_imports)]
                        use #krate as _;
                        __service! { #call }
                    }
                }
            }
        }
        None => quote!({
            #private::field! { {} #spec }
        }),
    }
}

/// The path of a type without its generic arguments; nothing for what is no path, or a built-in type.
fn macro_path(ty: &syn::Type) -> Option<TokenStream> {
    let syn::Type::Path(path) = ty else { return None };
    if path.qself.is_some() || is_built_in(ty) {
        return None;
    }
    let leading = path.path.leading_colon;
    let segments = path.path.segments.iter().map(|segment| &segment.ident);
    Some(quote!(#leading #(#segments)::*))
}

/// Whether a type is the language's own, which has no path to import.
pub(in crate::expand) fn is_built_in(ty: &syn::Type) -> bool {
    const BUILT_IN: &[&str] = &[
        "bool", "char", "str", "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize",
        "f32", "f64", "Self",
    ];
    let syn::Type::Path(path) = ty else { return false };
    path.path.segments.first().is_some_and(|first| BUILT_IN.contains(&first.ident.to_string().as_str()))
}

pub(super) fn key_of(field: &Field) -> String {
    match field.shape() {
        Shape::Arc(key) | Shape::Many(key) | Shape::Optional(key) => text(key),
        Shape::Value => text(&field.ty),
    }
}
