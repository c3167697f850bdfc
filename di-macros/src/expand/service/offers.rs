//! The offers of a service beyond its interfaces: its close, its lifecycle and its health check.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::Type;

use super::words::Words;
use crate::model::service::Service;
use crate::spans::{Caret, at, moved};

/// What it offers beyond its interfaces, for who asks.
pub(super) fn offers(service: &Service) -> Option<TokenStream> {
    let krate = &service.krate;
    // The caret of "does not implement `Close`" belongs under the key.
    let close = service.close.as_ref().map(|close| {
        let hook = quote_spanned!(Caret::under(&close.key).first=> <#krate::__private::Arc<Self> as ::core::clone::Clone>::clone(this));
        quote!(.offer(|| #krate::__private::Closing(#hook)))
    });
    let lifecycle = service.lifecycle.as_ref().map(|life| {
        let (start, stop) = (milliseconds(life.start_ms), milliseconds(life.stop_ms));
        let managed = quote_spanned!(Caret::under(&life.key).first=> #krate::__private::Managed::new::<Self>);
        quote!(.offer(|| #managed(this, #start, #stop)))
    });
    let health = service.health.as_ref().map(|check| {
        let (is_external, timeout) = (check.is_external, milliseconds(check.timeout_ms));
        let watched = quote_spanned!(Caret::under(&check.key).first=> #krate::__private::Watched::new::<Self>);
        quote!(.offer(|| #watched(this, #is_external, #timeout)))
    });
    // Who looks for what is provided finds the value, and not what is written around it.
    let instance = service
        .product
        .as_ref()
        .filter(|product| !matches!(product.key, Type::TraitObject(_)))
        .map(|_| quote!(.offer(|| #krate::__private::Instance(::core::clone::Clone::clone(&this.value) as _))));
    if close.is_none() && lifecycle.is_none() && health.is_none() && instance.is_none() {
        return None;
    }
    Some(quote! {
        fn provide(this: &#krate::__private::Arc<Self>, request: &mut #krate::__private::Request<'_>) {
            request #close #lifecycle #health #instance;
        }
    })
}

/// `close = path`: what the trait `Close` would do.
pub(super) fn closing(service: &Service, words: &Words) -> Option<TokenStream> {
    let krate = &service.krate;
    let hook = service.close.as_ref()?.by.as_ref()?;
    let caret = Caret::under(hook);
    let value = if service.product.is_some() { quote!(&*self.value) } else { quote!(self) };
    let mut closed = at(caret.first, quote!(<_ as #krate::__private::Closed>::boxed));
    closed.extend([caret.parenthesized(moved(caret.first, quote!(#hook(#value))))]);
    let Words { params, own, bounds, .. } = words;
    Some(quote! {
        #[automatically_derived]
        impl<#params> #krate::Close for #own #bounds {
            fn close(&self) -> ::core::result::Result<(), #krate::error::BoxError> {
                #closed
            }
        }
    })
}

fn milliseconds(ms: Option<u64>) -> TokenStream {
    match ms {
        Some(ms) => quote!(::core::option::Option::Some(#ms)),
        None => quote!(::core::option::Option::None),
    }
}
