//! The construction of a service from what a container gives, and its hidden macro.

use proc_macro::Delimiter;
use proc_macro2::{Group, Punct, Spacing, TokenStream};
use quote::{ToTokens as _, TokenStreamExt as _, format_ident, quote, quote_spanned};
use syn::Type;

use super::offers::offers;
use super::said::said;
use super::words::{Words, call};
use crate::expand::hidden_macro::{exported, literal};
use crate::model::mode::Mode;
use crate::model::provider::Product;
use crate::model::service::{Made, Member, Returned, Service, wrapped};
use crate::model::source::Source;
use crate::spans::{Caret, at, moved};
use crate::template::{Written, within, word};

/// The service, how it is made from what a container gives, and its hidden macro.
///
/// `fields` are those of a struct as they are declared, if all of them are injected.
pub(super) fn the_service(
    service: &Service,
    words: &Words,
    fields: Option<Group>,
    is_stub: bool,
    written: &mut Written,
) {
    let offers = if is_stub { None } else { offers(service) };
    let has_more = is_stub || offers.is_some() || service.post_construct.is_some() || !words.params.is_empty();
    match fields {
        Some(fields) if !has_more => of_fields(service, fields, written),
        _ => constructed(service, words, offers, is_stub, written),
    }
}

/// A service that is its fields, and offers nothing more.
fn of_fields(service: &Service, fields: Group, written: &mut Written) {
    let mut declared = service.name.to_token_stream();
    declared.append(fields);
    let mut text = String::from("(");
    for index in 0..service.members.len() {
        text.push_str("__di_");
        text.push_str(&index.to_string());
        text.push(' ');
    }
    text.push_str(") ");
    write_hidden_macro(service, &mut text);
    let mut contents = Written::default();
    contents.tokens(declared);
    contents.text(&text);
    call(service, "::__private::write_service_of_fields!", contents, written);
}

/// A service that is made in another way, or offers more.
fn constructed(service: &Service, words: &Words, offers: Option<TokenStream>, is_stub: bool, written: &mut Written) {
    let krate = &service.krate;
    let mode = mode(service);
    let result = || quote!(::core::result::Result<Self, #krate::error::BoxError>);
    let future =
        |output: TokenStream| quote!(impl ::core::future::Future<Output = #output> + ::core::marker::Send + 'static);
    let (implemented, returned) = match (mode.is_async, mode.is_fallible) {
        (false, false) => (" Construct ", None),
        (false, true) => (" TryConstruct ", Some(result())),
        (true, false) => (" ConstructAsync ", Some(future(quote!(Self)))),
        (true, true) => (" TryConstructAsync ", Some(future(result()))),
    };
    let mut contents = Written::default();
    // What is tokens comes first, so that the rest is one text.
    contents.bracketed(words.own.clone());
    contents.tokens(within(Delimiter::Parenthesis, given_types(service)));
    contents.bracketed(words.params.clone());
    contents.bracketed(words.bounds.clone());
    contents.text(mode.type_name());
    match offers {
        Some(offers) => contents.bracketed(quote!(#[automatically_derived] #offers)),
        None => contents.text("[]"),
    }
    contents.text(implemented);
    contents.text(if is_stub { "_" } else { "(" });
    if !is_stub {
        for (index, _) in given(service) {
            contents.text(&format!("__di_{index},"));
        }
        contents.text(")");
    }
    match returned {
        None => contents.text("[Self]"),
        Some(returned) => contents.bracketed(returned),
    }
    match (mode.is_async, is_stub) {
        (true, true) => contents.text("{ async { ::core::unreachable!() } }"),
        (false, true) => contents.text("{ ::core::unreachable!() }"),
        (_, false) => contents.tokens(within(Delimiter::Brace, made(service))),
    }
    let mut text = word(&service.name);
    text.push(' ');
    write_hidden_macro(service, &mut text);
    contents.text(&text);
    call(service, "::__private::write_service!", contents, written);
}

/// The name of the hidden macro, what it says, and the dollar of its rules.
fn write_hidden_macro(service: &Service, text: &mut String) {
    text.push_str(&exported(&service.name));
    text.push(' ');
    text.push_str(&literal(&said(service).encode()));
    text.push_str(" $");
}

/// The types of what comes from outside, each with a comma.
fn given_types(service: &Service) -> TokenStream {
    let krate = &service.krate;
    let mut types = TokenStream::new();
    for (_, member) in given(service) {
        match &member.source {
            Source::Injected { qualifier } if qualifier.is_some() => {
                types.extend(wrapped(krate, &member.ty, qualifier.as_deref()));
            }
            Source::Key => types.extend(quote!(&'static str)),
            Source::Injected { .. } | Source::Arg | Source::Default => member.ty.to_tokens(&mut types),
        }
        types.append(Punct::new(',', Spacing::Alone));
    }
    types
}

pub(super) fn mode(service: &Service) -> Mode {
    match &service.made {
        Made::By { is_async, returned, .. } => {
            Mode { is_async: *is_async, is_fallible: matches!(returned, Returned::Fallible(_)) }
        }
        Made::OfFields(_) => Mode::default(),
    }
}

/// The members that come from outside: all but those with a default.
pub(super) fn given(service: &Service) -> impl Iterator<Item = (usize, &Member)> {
    service.members.iter().enumerate().filter(|(_, member)| !matches!(member.source, Source::Default))
}

/// The value of each member.
fn values(service: &Service) -> impl Iterator<Item = TokenStream> {
    service.members.iter().enumerate().map(|(index, member)| {
        let local = format_ident!("__di_{index}");
        match &member.source {
            Source::Injected { qualifier: Some(_) } => quote!(#local.value),
            Source::Injected { qualifier: None } | Source::Arg | Source::Key => quote!(#local),
            Source::Default => {
                let ty = &member.ty;
                quote_spanned!(Caret::under_type(ty).first=> <#ty as ::core::default::Default>::default())
            }
        }
    })
}

/// The expression that makes it: of its own type, or what its constructor returns.
fn made(service: &Service) -> TokenStream {
    let values = values(service);
    let hook = post_construct(service);
    match &service.made {
        Made::OfFields(places) => {
            let value = quote!(Self { #(#places: #values),* });
            match hook {
                None => value,
                Some(hook) => quote! {{
                    let mut made = #value;
                    #hook;
                    made
                }},
            }
        }
        Made::By { function, is_async, returned } => {
            let call = match &service.product {
                None => quote!(Self::#function(#(#values),*)),
                Some(_) => {
                    let (_, arguments, _) = service.generics.split_for_impl();
                    let arguments = arguments.as_turbofish();
                    quote!(#function #arguments (#(#values),*))
                }
            };
            if let Some(product) = &service.product {
                return of_function(service, product, *is_async, returned, &call);
            }
            let call = match returned {
                Returned::Itself => call,
                Returned::Fallible(returned) => fallible(service, *is_async, returned, &call),
            };
            let Some(hook) = hook else { return call };
            let after = |value: TokenStream| match returned {
                Returned::Fallible(_) => quote!(#value.map(|mut made| { #hook; made })),
                Returned::Itself => quote!({ let mut made = #value; #hook; made }),
            };
            if *is_async {
                let value = after(quote!(call.await));
                quote!({ let call = #call; async move { #value } })
            } else {
                after(call)
            }
        }
    }
}

/// What a function provides, in what is written around it.
fn of_function(
    service: &Service,
    product: &Product,
    is_async: bool,
    returned: &Returned,
    call: &TokenStream,
) -> TokenStream {
    let krate = &service.krate;
    match (returned, is_async) {
        (Returned::Itself, false) => product.wrapped(krate, call),
        (Returned::Itself, true) => {
            let value = product.wrapped(krate, &quote!(call.await));
            quote!({ let call = #call; async move { #value } })
        }
        (Returned::Fallible(returned), _) => {
            let value = if is_async { quote!(call.await) } else { quote!(call) };
            let caret = Caret::under(returned);
            let made = if product.is_shared { quote!(#krate::__private::Arc<_>) } else { quote!(_) };
            let mut boxed = at(caret.first, quote!(<_ as #krate::__private::Fallible<#made>>::boxed));
            boxed.extend([caret.parenthesized(moved(caret.first, value))]);
            let wrapped = product.wrapped(krate, &quote!(value));
            let body = quote!(#boxed.map(|value| #wrapped));
            if is_async {
                quote!({ let call = #call; async move { #body } })
            } else {
                quote!({ let call = #call; #body })
            }
        }
    }
}

/// What a constructor returns that returns no service, as a `Result` of one; DI0013 stands at what is returned, if it is none.
fn fallible(service: &Service, is_async: bool, returned: &Type, call: &TokenStream) -> TokenStream {
    let krate = &service.krate;
    let caret = Caret::under(returned);
    // The path, the call and its argument stand at what is returned, and so does the error.
    let boxed = |returned: TokenStream| {
        let mut boxed = at(caret.first, quote!(<_ as #krate::__private::Fallible<Self>>::boxed));
        boxed.extend([caret.parenthesized(moved(caret.first, returned))]);
        boxed
    };
    if is_async {
        let boxed = boxed(quote!(returned));
        let returned = at(caret.first, quote!(returned));
        quote!(#krate::__private::fallible_async(#call, |#returned| #boxed))
    } else {
        boxed(call.clone())
    }
}

/// The hook that is called with `made`, which must be done when it returns.
fn post_construct(service: &Service) -> Option<TokenStream> {
    let krate = &service.krate;
    service.post_construct.as_ref().map(|hook| {
        let caret = Caret::under(hook);
        let mut done = at(caret.first, quote!(<_ as #krate::__private::Done>::done));
        let call = moved(caret.first, quote!(#hook(&mut made)));
        done.extend([caret.parenthesized(call)]);
        done
    })
}
