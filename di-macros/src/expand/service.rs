//! What `#[service]` writes: the service, a slot per interface, and the hidden macro with its counts.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{Generics, Item};

use super::winding_down::{concrete_dependencies, winding_down};
use super::{container_parameter, hidden_macro, index, local, pairs, text_option};
use crate::errors::Errors;
use crate::model::dependency::{Wanted, asked};
use crate::model::service::{Made, Member, Service, wrapped};
use crate::model::service_args::Args;
use crate::model::source::Source;
use crate::spans::{Caret, at};
use crate::text::text;
use crate::{cfg, check};

/// Expands the attribute.
pub(crate) fn service(args: TokenStream, item: TokenStream) -> TokenStream {
    let mut parsed: Item = match syn::parse2(item.clone()) {
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
        && let Some(split) = cfg::split(&quote!(#[#krate::service(#args)]), &parsed)
    {
        return split;
    }
    let service = match &mut parsed {
        Item::Struct(item) => Some(Service::of_struct(read, item, &mut errors)),
        Item::Impl(item) => Service::of_impl(read, item, &mut errors),
        other => {
            errors.at(&*other, "[DI0012] `#[service]` stands on a struct, or on an impl block with a `#[constructor]`\n  see docs/diagnostics/DI0012.md");
            None
        }
    };
    if let Some(service) = &service {
        check::service::check(service, &mut errors);
    }
    // A service that borrows cannot even be stubbed: its containers outlive it.
    let stubbed = service.filter(|service| service.generics.lifetimes().next().is_none());
    let generated = stubbed.map(|service| expand(&service, !errors.is_empty())).unwrap_or_default();
    let errors = errors.into_tokens();
    quote! {
        #parsed
        #generated
        #errors
    }
}

/// The service; after errors a stub of it, so that containers that list it say nothing of their own.
fn expand(service: &Service, is_stub: bool) -> TokenStream {
    let slots = service.interfaces.iter().enumerate().map(|(index, interface)| slot(service, index, interface));
    let itself = the_service(service, is_stub);
    let unknown = unknown_dependencies(service);
    let winding_down = winding_down(service);
    let concrete = concrete_dependencies(service);
    let hidden = hidden_macro(&service.name, counts(service));
    quote! {
        #itself
        #(#slots)*
        #unknown
        #winding_down
        #concrete
        #hidden
    }
}

fn the_service(service: &Service, is_stub: bool) -> TokenStream {
    let Service { krate, self_ty, generics, .. } = service;
    let (impl_generics, _, where_clause) = generics.split_for_impl();
    let name = crate::model::service::plain(&service.name);
    let interfaces = service.interfaces.iter().map(text);
    let members = service.injected().map(|(member, qualifier)| described(krate, member, qualifier));
    let deps = pairs(
        service
            .injected()
            .map(|(member, qualifier)| wrapped(krate, &member.ty, qualifier))
            .collect::<Vec<_>>()
            .into_iter(),
    );
    let args = service.args().map(|member| &member.ty);
    let (is_async, is_fallible) = match &service.made {
        Made::By { is_async, is_fallible, .. } => (*is_async, *is_fallible),
        Made::OfFields(_) => (false, false),
    };
    let mode = format_ident!(
        "{}{}",
        if is_async { "Async" } else { "Sync" },
        if is_fallible { "Fallible" } else { "Infallible" }
    );
    let body = if is_stub { quote!(::core::unreachable!()) } else { body(service) };
    let (deps_pattern, args_pattern, key) = if is_stub {
        (quote!(_), quote!(_), quote!(_))
    } else {
        (deps_pattern(service), args_pattern(service), key_pattern(service))
    };
    let close = service
        .close
        .as_ref()
        .map(|key| {
            quote_spanned! {Caret::under(key).first=>
                fn close(&self) -> ::core::result::Result<(), #krate::BoxError> {
                    <Self as #krate::Close>::close(self)
                }
            }
        })
        .filter(|_| !is_stub);
    let lifecycle = service.lifecycle.as_ref().filter(|_| !is_stub).map(|life| {
        let (start, stop) = (milliseconds(life.start_ms), milliseconds(life.stop_ms));
        // The caret of "does not implement `Lifecycle`" belongs under the key.
        let managed = quote_spanned!(Caret::under(&life.key).first=> #krate::__private::Managed::new::<Self>);
        quote! {
            fn lifecycle(
                this: &#krate::__private::Arc<Self>,
            ) -> ::core::option::Option<#krate::__private::Managed> {
                ::core::option::Option::Some(#managed(this, #start, #stop))
            }
        }
    });
    let health = service.health.as_ref().filter(|_| !is_stub).map(|check| {
        let (is_external, timeout) = (check.is_external, milliseconds(check.timeout_ms));
        // The caret of "does not implement `HealthCheck`" belongs under the key.
        let watched = quote_spanned!(check.key.span()=> #krate::__private::Watched::new::<Self>);
        quote! {
            fn health(
                this: &#krate::__private::Arc<Self>,
            ) -> ::core::option::Option<#krate::__private::Watched> {
                ::core::option::Option::Some(#watched(this, #is_external, #timeout))
            }
        }
    });
    // The caret of "cannot be shared between threads" belongs under the type's name.
    let of = at(Caret::under(&service.name).first, quote!(::of::<Self>));
    let info = quote!(#krate::ServiceInfo #of (#name, &[#(#interfaces),*], &[#(#members),*]));
    let info = if service.injected().all(|(member, _)| asked(&member.ty).known) {
        info
    } else {
        quote! {{
            #[allow(unused_imports)]
            use #krate::__private::NotInjectable as _;
            #info
        }}
    };
    quote! {
        #[automatically_derived]
        impl #impl_generics #krate::Service for #self_ty #where_clause {
            const INFO: #krate::ServiceInfo = #info;
            type Deps = #deps;
            type Args = (#(#args,)*);
            type Mode = #krate::__private::#mode;

            #[inline]
            fn construct<__H: #krate::__private::Hold<Self>>(
                #deps_pattern: Self::Deps,
                #args_pattern: Self::Args,
                #key: #krate::__private::Key,
            ) -> #krate::__private::Made<__H> {
                #body
            }

            #close

            #lifecycle

            #health
        }
    }
}

fn milliseconds(ms: Option<u64>) -> TokenStream {
    match ms {
        Some(ms) => quote!(::core::option::Option::Some(#ms)),
        None => quote!(::core::option::Option::None),
    }
}

fn described(krate: &TokenStream, member: &Member, qualifier: Option<&syn::Type>) -> TokenStream {
    let qualifier = text_option(qualifier.map(text));
    let name = &member.name;
    let asked = asked(&member.ty);
    let key = asked.key;
    let wanted = match asked.wanted {
        Wanted::One if !asked.known => {
            let ty = &member.ty;
            quote!(#krate::__private::InjectableProbe::<#ty>::WANTED)
        }
        Wanted::One => quote!(#krate::__private::Wanted::One),
        Wanted::Optional => quote!(#krate::__private::Wanted::Optional),
        Wanted::Many => quote!(#krate::__private::Wanted::Many),
        Wanted::Lazy => quote!(#krate::__private::Wanted::Lazy),
        Wanted::Factory => quote!(#krate::__private::Wanted::Factory),
    };
    quote! {
        #krate::__private::Member {
            name: #name,
            key: #key,
            wanted: #wanted,
            qualifier: #qualifier,
        }
    }
}

fn deps_pattern(service: &Service) -> TokenStream {
    let injected =
        service.members.iter().enumerate().filter(|(_, member)| matches!(member.source, Source::Injected { .. }));
    pairs(
        injected
            .map(|(index, _)| {
                let local = local(index);
                quote!(#local)
            })
            .collect::<Vec<_>>()
            .into_iter(),
    )
}

fn args_pattern(service: &Service) -> TokenStream {
    let args = service.members.iter().enumerate().filter(|(_, member)| matches!(member.source, Source::Arg));
    let locals = args.map(|(index, _)| local(index));
    quote!((#(#locals,)*))
}

fn key_pattern(service: &Service) -> TokenStream {
    if service.wants_key() {
        let key = key_local();
        quote!(#key)
    } else {
        quote!(_)
    }
}

fn key_local() -> Ident {
    Ident::new("__key", Span::mixed_site())
}

/// The value of each member.
fn values(service: &Service) -> impl Iterator<Item = TokenStream> {
    service.members.iter().enumerate().map(|(index, member)| {
        let local = local(index);
        match &member.source {
            Source::Injected { qualifier: Some(_) } => quote!(#local.value),
            Source::Injected { qualifier: None } | Source::Arg => quote!(#local),
            Source::Default => {
                let ty = &member.ty;
                quote_spanned!(Caret::under(ty).first=> <#ty as ::core::default::Default>::default())
            }
            Source::Key => {
                let key = key_local();
                quote!(#key.unwrap_or_default())
            }
        }
    })
}

fn body(service: &Service) -> TokenStream {
    let Service { krate, self_ty, .. } = service;
    let values = values(service);
    let hook = service.post_construct.as_ref();
    let made = quote!(#krate::__private::Made);
    match &service.made {
        Made::OfFields(places) => {
            let value = quote!(Self { #(#places: #values),* });
            match hook {
                None => quote!(#made::now(#value)),
                Some(hook) => quote! {{
                    let mut __made = #value;
                    #hook(&mut __made);
                    #made::now(__made)
                }},
            }
        }
        Made::By { function, is_async, is_fallible } => {
            let call = quote!(<#self_ty>::#function(#(#values),*));
            let after = |value: TokenStream| match (hook, is_fallible) {
                (None, _) => value,
                (Some(hook), false) => quote! {{
                    let mut __made = #value;
                    #hook(&mut __made);
                    __made
                }},
                (Some(hook), true) => quote! {
                    #value.map(|mut __made| { #hook(&mut __made); __made })
                },
            };
            match (is_async, is_fallible) {
                (false, false) => {
                    let value = after(call);
                    quote!(#made::now(#value))
                }
                (false, true) => {
                    let value = after(call);
                    quote!(#made::tried(#value))
                }
                (true, false) => {
                    let value = after(quote!(#call.await));
                    quote!(#made::later(async move { #value }))
                }
                (true, true) => {
                    let value = after(quote!(#call.await));
                    quote!(#made::tried_later(async move { #value }))
                }
            }
        }
    }
}

/// The service seen through one interface.
fn slot(service: &Service, number: usize, interface: &syn::Type) -> TokenStream {
    let Service { krate, name, self_ty, generics, .. } = service;
    let number = index(krate, number);
    let container = container_parameter(name);
    let with_container = with_container(&container, generics);
    let (impl_generics, _, where_clause) = with_container.split_for_impl();
    let private = quote!(#krate::__private);
    // Two coercions at one place are one error where the service does not implement the interface.
    let seen = at(
        Caret::under(interface).last,
        quote! {
            #private::Instance::Shared(instance) => #private::Instance::Shared(instance),
            #private::Instance::Lent(instance) => #private::Instance::Lent(instance),
        },
    );
    // The caret of "can't leak private trait" belongs under the interface.
    let object = at(Caret::under(interface).last, quote!(type Object = #interface;));
    quote! {
        #[automatically_derived]
        impl #impl_generics #krate::Interface<#number, #container> for #self_ty #where_clause {
            #object
            #[inline(always)]
            fn view(service: #private::Instance<'_, Self>) -> #private::Instance<'_, #interface> {
                match service {
                    #seen
                }
            }
        }
    }
}

/// The generics of the service, with the container as one more parameter.
fn with_container(container: &Ident, generics: &Generics) -> Generics {
    let mut generics = generics.clone();
    generics.params.push(syn::parse_quote!(#container));
    generics
}

/// A type that nobody would inject is asked for: the compiler says so at its place.
fn unknown_dependencies(service: &Service) -> TokenStream {
    let Service { krate, generics, .. } = service;
    let (impl_generics, _, where_clause) = generics.split_for_impl();
    let unknown: Vec<_> = service.injected().map(|(member, _)| &member.ty).filter(|ty| !asked(ty).known).collect();
    if unknown.is_empty() {
        return TokenStream::new();
    }
    let checks = unknown.iter().map(|ty| quote_spanned!(Caret::under(ty).first=> injected::<#ty>();));
    quote! {
        const _: () = {
            fn injected<__D: #krate::Injectable>() {}
            #[allow(dead_code)]
            fn __check #impl_generics () #where_clause { #(#checks)* }
        };
    }
}

/// How many of what the service has: only it knows, and only numbers travel.
fn counts(service: &Service) -> TokenStream {
    let interfaces = service.interfaces.len();
    let needs = service.injected().count();
    let args: Vec<_> = service.args().map(|member| member.name.clone()).collect();
    let key = service.wants_key();
    // What a parameter stands for is known where the service is listed.
    let params: Vec<_> = service.generics.type_params().map(|parameter| parameter.ident.to_string()).collect();
    let injected = service.injected().filter(|_| !params.is_empty());
    let keys: Vec<_> = injected.map(|(member, _)| asked(&member.ty).key).collect();
    let at_once = match &service.made {
        Made::By { is_async, is_fallible, .. } => !is_async && !is_fallible,
        Made::OfFields(_) => true,
    };
    quote! {
        ([$($callback:tt)*] $($field:tt)*) => {
            $($callback)*! {
                {
                    interfaces [#interfaces] needs [#needs] args [#(#args),*] key [#key] at_once [#at_once]
                    params [#(#params),*] keys [#(#keys),*]
                }
                $($field)*
            }
        };
    }
}
