//! Dependencies whose types only the compiler knows.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use crate::check::not_injectable;
use crate::errors::Code;
use crate::model::dependency::Wanted;
use crate::model::service::Service;

/// A type that nobody would inject is asked for: the compiler says so at its place, in words that fit how it is written.
pub(super) fn unknown_dependencies(service: &Service) -> Option<TokenStream> {
    let Service { krate, generics, self_ty, .. } = service;
    let mut unknown = Vec::new();
    for (member, _) in service.injected() {
        if member.wanted == Wanted::Unknown {
            unknown.push(&member.ty);
        }
    }
    if unknown.is_empty() {
        return None;
    }
    let (impl_generics, _, where_clause) = generics.split_for_impl();
    let rule_name = |index: usize| match index {
        0 => format_ident!("CanBeInjected"),
        _ => format_ident!("CanBeInjected{index}"),
    };
    let rules = unknown.iter().enumerate().map(|(index, ty)| {
        let (name, words) = (rule_name(index), not_injectable::words(ty));
        let not_injectable::Words { message, help } = words;
        let page = Code::DI0001.page();
        let label = "neither `Arc<..>`, `Option<Arc<..>>`, `Many<..>`, `Lazy<..>` nor `Factory<..>`";
        quote! {
            #[diagnostic::on_unimplemented(message = #message, label = #label, note = #help, note = #page)]
            trait #name {
                fn is_injected() {}
            }
            #[diagnostic::do_not_recommend]
            impl<D: #krate::dependency::Injectable> #name for D {}
        }
    });
    let checks = unknown.iter().enumerate().map(|(index, ty)| {
        let name = rule_name(index);
        quote!(<#ty as #name>::is_injected();)
    });
    // In an impl, so that `Self` means what it means in the struct.
    Some(quote! {
        const _: () = {
            #(#rules)*
            #[automatically_derived]
            impl #impl_generics #self_ty #where_clause {
                #[allow(dead_code, non_snake_case)]
                fn __di_injectable() { #(#checks)* }
            }
        };
    })
}
