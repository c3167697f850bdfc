//! A service under its interfaces, and the value of a function under its own.

use proc_macro::Delimiter;
use proc_macro2::{Group, Span, TokenStream};
use quote::{ToTokens as _, TokenStreamExt as _, quote, quote_spanned};
use syn::Type;

use super::words::{Words, path};
use crate::model::provider::Product;
use crate::model::service::Service;
use crate::spans::{Caret, at};
use crate::template::{Written, short, together, within};

/// What is written for a function: the type around what it provides, which answers for the key.
pub(super) fn provided(service: &Service, product: &Product, words: &Words) -> TokenStream {
    let wrapper = product.wrapper(service);
    let Words { params, own, bounds, place, .. } = words;
    let krate = &service.krate;
    if product.is_reported {
        // It provides whatever the container says, so that this is no second fault.
        return quote! {
            #wrapper

            #[automatically_derived]
            impl<#params __T: ?::core::marker::Sized> #krate::__private::Provider<__T> for #own #bounds {
                fn value(&self) -> &#krate::__private::Arc<__T> {
                    ::core::unreachable!()
                }
            }
        };
    }
    if matches!(product.key, Type::TraitObject(_)) {
        return wrapper;
    }
    let key = &product.key;
    let private = at(*place, quote!(#krate::__private));
    let view = view_of_value(service, words, *place);
    let seen = quote_spanned! {*place=>
        #[automatically_derived]
        impl<#params __V: #private::Concretely> #private::ProvidedBy<#own, __V> for #key #bounds {
            #view
        }
    };
    quote! {
        #wrapper

        #[automatically_derived]
        impl<#params> #krate::__private::Provider<#key> for #own #bounds {
            fn value(&self) -> &#krate::__private::Arc<#key> {
                &self.value
            }
        }

        #seen
    }
}

/// The service seen through one interface.
///
/// The compiler keeps, with an impl, the place of its bounds. That of a macro call moves with every line that is added above
/// it, and each container that looks through such impls would be checked anew; within an impl that stands at the user's
/// token, it is kept relative to the impl. So where the impl and its bound begin and end, tokens stand at the type's name.
pub(super) fn view(service: &Service, words: &Words, interface: &Type, written: &mut Written) {
    let Words { params, bounds, place, .. } = words;
    let mut begin = derived();
    begin.extend(short(*place, "impl<"));
    if !params.is_empty() {
        begin.extend(params.clone());
    }
    if service.is_renamed {
        begin.extend(short(*place, "__V:"));
        begin.extend(at(*place, service.krate.clone()));
    } else {
        begin.extend(short(*place, "__V: ::di_core"));
    }
    written.tokens(begin);
    written.text("::__private::Registered<");
    words.write_own(written);
    written.tokens(short(*place, ">").into_iter().collect());
    written.text(">");
    path(service, "::__private::ProvidedBy<", written);
    words.write_own(written);
    written.text(", __V> for");
    // Where the service does not implement the interface, the error stands there.
    let last = Caret::under_type(interface).last;
    let method = match &service.product {
        None => {
            let mut seen: TokenStream = short(last, "service").into_iter().collect();
            service.self_ty.to_tokens(&mut seen);
            let mut method = Written::default();
            path(service, "::__private::write_view!", &mut method);
            method.tokens(within(Delimiter::Brace, seen));
            method.into_tokens()
        }
        Some(_) => view_of_value(service, words, last),
    };
    let mut body = Group::new(proc_macro2::Delimiter::Brace, method);
    body.set_span(*place);
    let mut end = interface.to_token_stream();
    if !bounds.is_empty() {
        end.extend(bounds.clone());
    }
    end.append(body);
    written.tokens(end);
}

/// `#[automatically_derived]`
fn derived() -> TokenStream {
    let mut attribute: TokenStream = short(Span::call_site(), "#").into_iter().collect();
    let name = short(Span::call_site(), "automatically_derived").into_iter().collect();
    attribute.append(Group::new(proc_macro2::Delimiter::Bracket, name));
    attribute
}

/// The method of a view of what a function provides: the value is seen, and not what is written around it.
fn view_of_value(service: &Service, words: &Words, place: Span) -> TokenStream {
    let private = at(place, together([service.krate.clone(), quote!(::__private)]));
    let own = &words.own;
    if service.product.as_ref().is_some_and(|product| product.is_reported) {
        return quote!(fn view(_: #private::Resolved<'_, #own>) -> #private::Resolved<'_, Self> { ::core::unreachable!() });
    }
    quote_spanned! {place=>
        fn view(this: #private::Resolved<'_, #own>) -> #private::Resolved<'_, Self> {
            match this {
                #private::Resolved::Shared(service) => {
                    let value = ::core::clone::Clone::clone(&service.value);
                    #private::Resolved::Shared(value)
                }
                #private::Resolved::Borrowed(service) => {
                    #private::Resolved::Borrowed(&*service.value)
                }
            }
        }
    }
}
