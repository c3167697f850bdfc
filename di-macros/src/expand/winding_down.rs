//! DI0014: who still injects a concrete type that is being wound down.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use crate::model::dependency::generic;
use crate::model::service::Service;
use crate::spans::Caret;
use crate::text::text;

/// DI0014: the mark of a type whose concrete key is on its way out.
pub(super) fn winding_down(service: &Service) -> Option<TokenStream> {
    let Service { self_ty, generics, .. } = service;
    let (impl_generics, _, where_clause) = generics.split_for_impl();
    service.winding_down.as_ref().map(|_| {
        let interfaces: Vec<_> = service.interfaces.iter().map(|interface| format!("`Arc<{}>`", text(interface))).collect();
        let instead = if interfaces.is_empty() { "one of its interfaces".to_owned() } else { interfaces.join(" or ") };
        let note = format!(
            "\n[DI0014] the concrete `{}` is being wound down\n\n  help: ask for {instead}\n  see docs/diagnostics/DI0014.md",
            service.name
        );
        quote! {
            impl #impl_generics #self_ty #where_clause {
                #[doc(hidden)]
                #[allow(dead_code)]
                #[deprecated(note = #note)]
                pub const CONCRETE_KEY: () = ();
            }
        }
    })
}

/// DI0014: reads the mark of each concrete dependency; a type without one has the trait's.
pub(super) fn concrete_dependencies(service: &Service) -> TokenStream {
    let krate = &service.krate;
    let own: Vec<String> = service.generics.type_params().map(|parameter| parameter.ident.to_string()).collect();
    let marks = service.injected().filter_map(|(member, _)| {
        let (name, key) = generic(&member.ty)?;
        let syn::Type::Path(path) = key else { return None };
        let is_plain = name == "Arc" && path.path.segments.iter().all(|segment| segment.arguments.is_none());
        let is_parameter = path.path.get_ident().is_some_and(|ident| own.contains(&ident.to_string()));
        (is_plain && !is_parameter).then(|| quote_spanned!(Caret::under(key).first=> <#key>::CONCRETE_KEY))
    });
    let marks: Vec<_> = marks.collect();
    if marks.is_empty() {
        return TokenStream::new();
    }
    let count = marks.len();
    quote! {
        const _: [(); #count] = {
            #[allow(unused_imports)]
            use #krate::__private::Current as _;
            [#(#marks),*]
        };
    }
}
