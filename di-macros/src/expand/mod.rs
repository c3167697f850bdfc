//! From checked values to tokens. Nothing here can fail: what could go wrong was found before.

mod container;
mod field;
mod interface;
mod overriding;
mod service;

pub(crate) use container::container;
pub(crate) use field::field;
pub(crate) use interface::interface;
pub(crate) use overriding::override_container;
pub(crate) use service::service;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};

/// A list of pairs: `(a, (b, ()))`.
fn pairs(items: impl DoubleEndedIterator<Item = TokenStream>) -> TokenStream {
    items.rev().fold(quote!(()), |tail, item| quote!((#item, #tail)))
}

/// The local variable of a member; hygienic, so that it meets no name of the user's.
fn local(index: usize) -> Ident {
    Ident::new(&format!("__{index}"), Span::mixed_site())
}

/// The hidden macro that travels under a type's own name: types and macros have separate namespaces.
///
/// `arms` are its rules. The exported name is made from the place in the source, so that two types of one name in two
/// modules do not meet.
fn hidden_macro(name: &Ident, arms: TokenStream) -> TokenStream {
    let span = name.span().unwrap();
    let place = span.file().bytes().fold(0u32, |hash, byte| hash.wrapping_mul(31).wrapping_add(u32::from(byte)));
    let exported = format_ident!("__di_{}_{:x}_{}_{}", name, place, span.line(), span.column());
    quote! {
        #[doc(hidden)]
        #[allow(non_local_definitions)]
        #[macro_export]
        macro_rules! #exported { #arms }
        #[doc(hidden)]
        #[allow(unused_imports, unreachable_pub, clippy::useless_attribute)]
        pub use #exported as #name;
    }
}

/// A text that may be missing, as an expression.
fn text_option(text: Option<String>) -> TokenStream {
    match text {
        Some(text) => quote!(::core::option::Option::Some(#text)),
        None => quote!(::core::option::Option::None),
    }
}
