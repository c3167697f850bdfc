//! The expansion of `#[service]`: the service, its construction, a view per interface, and its literal.

use proc_macro::Delimiter;
use proc_macro2::{Ident, Punct, Spacing, Span, TokenStream};
use quote::{ToTokens, TokenStreamExt as _, format_ident, quote, quote_spanned};
use syn::{GenericParam, Item, ItemStruct, Type, parse_quote};

use super::{exported, literal};
use crate::check::not_injectable;
use crate::errors::{Code, Errors};
use crate::model::dependency::{Wanted, asked, factory_arguments, wanted};
use crate::model::mode::Mode;
use crate::model::provider::Product;
use crate::model::said::{Flags, MemberKind, Said};
use crate::model::service::{Made, Member, Returned, Service, plain, wrapped};
use crate::model::service_args::Args;
use crate::model::source::Source;
use crate::model::unshared::{Unshared, unshared};
use crate::spans::{Caret, Location, at, moved};
use crate::template::{Written, braced_at, together, within, word};
use crate::text::{of_type, text};
use crate::{cfg, check};

/// Expands the attribute.
pub(crate) fn service(args: TokenStream, item: TokenStream) -> TokenStream {
    let mut parsed: Item = match crate::parse::item(item.clone()) {
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
        && cfg::is_conditional(&mut parsed)
        && let Some(split) = cfg::split(&quote!(#[#krate::service(#args)]), &parsed)
    {
        return split;
    }
    let attributes = attributes(&parsed);
    let mut service = match &mut parsed {
        Item::Struct(item) => Some(Service::of_struct(read, item, &mut errors)),
        Item::Impl(item) => Service::of_impl(read, item, &mut errors),
        Item::Fn(item) => Service::of_function(read, item, &mut errors),
        other => {
            errors.report(
                &*other,
                Code::DI0012,
                "`#[service]` stands on a struct, on an impl block with a `#[constructor]`, or on a function",
            );
            None
        }
    };
    if let Some(service) = &service {
        check::service::check(service, &mut errors);
    }
    let has_changed = match (&mut service, &mut parsed) {
        (Some(service), Item::Struct(item)) => replace_unshared(service, item),
        _ => false,
    };
    let stubbed = service.and_then(Service::without_lifetimes);
    // What was not changed is passed on as it is.
    let is_unchanged = !has_changed && attributes.is_some() && attributes == self::attributes(&parsed);
    let generated = stubbed.map(|service| expand(&service, !errors.is_empty())).unwrap_or_default();
    let errors = errors.into_tokens();
    let item = if is_unchanged { item } else { quote!(#parsed) };
    together([item, generated, errors])
}

/// Replaces each field that threads cannot share, which has been reported, so that nothing more is said of it.
fn replace_unshared(service: &mut Service, item: &mut ItemStruct) -> bool {
    let krate = service.krate.clone();
    let mut has_changed = false;
    for (member, field) in service.members.iter_mut().zip(&mut item.fields) {
        if let Some(Unshared { held, instead }) = unshared(&member.ty) {
            let key = not_injectable::key_in(held);
            member.ty = match (instead, &member.source) {
                ("Arc", Source::Injected { .. }) => parse_quote!(#krate::__private::Arc<#key>),
                // It cannot be injected, as the compiler tells.
                (_, Source::Injected { .. }) => continue,
                _ => {
                    let own = &member.ty;
                    parse_quote!(#krate::__private::Reported<#own>)
                }
            };
            field.ty = member.ty.clone();
            has_changed = true;
        }
    }
    has_changed
}

/// How many attributes a struct and its fields have; other items are not asked.
fn attributes(item: &Item) -> Option<usize> {
    let Item::Struct(item) = item else { return None };
    Some(item.attrs.len() + item.fields.iter().map(|field| field.attrs.len()).sum::<usize>())
}

/// The service; after errors a stub of it, so that containers that list it say nothing of their own.
fn expand(service: &Service, is_stub: bool) -> TokenStream {
    let words = Words::of(service);
    let mut written = Written::default();
    the_service(service, &words, is_stub, &mut written);
    for interface in &service.interfaces {
        view(service, &words, interface, &mut written);
    }
    let product = service.product.as_ref().map(|product| provided(service, product, &words));
    let closing = if is_stub { None } else { closing(service, &words) };
    let unknown = unknown_dependencies(service);
    for more in [product, closing, unknown].into_iter().flatten() {
        written.tokens(more);
    }
    written.into_tokens()
}

/// What the impls of a service are made of.
struct Words {
    /// The parameters, each with a comma.
    params: TokenStream,
    own: TokenStream,
    bounds: TokenStream,
    /// Where the type's name stands.
    place: Span,
}

impl Words {
    fn of(service: &Service) -> Self {
        let Service { self_ty, generics, name, .. } = service;
        let params = match generics.params.is_empty() {
            true => TokenStream::new(),
            false => {
                let params = generics.params.iter().map(without_default);
                quote!(#(#params,)*)
            }
        };
        Self {
            params,
            own: self_ty.to_token_stream(),
            bounds: generics.where_clause.to_token_stream(),
            place: Caret::under_name(name),
        }
    }
}

/// A parameter as an impl declares it.
fn without_default(parameter: &GenericParam) -> GenericParam {
    let mut parameter = parameter.clone();
    match &mut parameter {
        GenericParam::Type(parameter) => parameter.default = None,
        GenericParam::Const(parameter) => parameter.default = None,
        GenericParam::Lifetime(_) => {}
    }
    parameter
}

/// The service, how it is made from what a container gives, and its hidden macro.
fn the_service(service: &Service, words: &Words, is_stub: bool, written: &mut Written) {
    let krate = &service.krate;
    let offers = if is_stub { None } else { offers(service) };
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
        (_, false) => match of_its_fields(service) {
            Some(value) => contents.text(&value),
            None => contents.tokens(within(Delimiter::Brace, made(service))),
        },
    }
    let Service { name, .. } = service;
    let said = literal(&said(service).encode());
    contents.text(&format!("{} {} {said} $", exported(name), word(name)));
    call(service, "::__private::write_service!", contents, written);
}

/// The call of a template.
fn call(service: &Service, template: &str, contents: Written, written: &mut Written) {
    path(service, template, written);
    written.tokens(within(Delimiter::Brace, contents.into_tokens()));
}

/// A path in `di-core`.
fn path(service: &Service, path: &str, written: &mut Written) {
    if service.is_renamed {
        written.tokens(service.krate.clone());
    } else {
        written.text("::di_core");
    }
    written.text(path);
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

/// What it offers beyond its interfaces, for who asks.
fn offers(service: &Service) -> Option<TokenStream> {
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
fn closing(service: &Service, words: &Words) -> Option<TokenStream> {
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

fn mode(service: &Service) -> Mode {
    match &service.made {
        Made::By { is_async, returned, .. } => {
            Mode { is_async: *is_async, is_fallible: matches!(returned, Returned::Fallible(_)) }
        }
        Made::OfFields(_) => Mode::default(),
    }
}

/// The members that come from outside: all but those with a default.
fn given(service: &Service) -> impl Iterator<Item = (usize, &Member)> {
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

/// The block that makes it, if its fields are what comes from outside, and nothing else is done.
fn of_its_fields(service: &Service) -> Option<String> {
    let Made::OfFields(places) = &service.made else { return None };
    if service.post_construct.is_some() {
        return None;
    }
    let mut block = String::from("{ Self {");
    for (index, (place, member)) in places.iter().zip(&service.members).enumerate() {
        if matches!(member.source, Source::Default | Source::Injected { qualifier: Some(_) }) {
            return None;
        }
        match place {
            syn::Member::Named(name) => block += &word(name),
            syn::Member::Unnamed(position) => block += &position.index.to_string(),
        }
        block += &format!(": __di_{index},");
    }
    block += "} }";
    Some(block)
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

/// What is written for a function: the type around what it provides, which answers for the key.
fn provided(service: &Service, product: &Product, words: &Words) -> TokenStream {
    let wrapper = product.wrapper(service);
    let Words { params, own, bounds, place } = words;
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

/// The service seen through one interface.
///
/// The compiler keeps, with an impl, the place of its bounds. That of a macro call moves with every line that is added above
/// it, and each container that looks through such impls would be checked anew; within an impl that stands at the user's
/// token, it is kept relative to the impl. So where the impl and its bound begin and end, tokens stand at the type's name.
fn view(service: &Service, words: &Words, interface: &Type, written: &mut Written) {
    let Words { params, own, bounds, place } = words;
    written.text("#[automatically_derived]");
    written.tokens(if service.is_renamed {
        let krate = at(*place, service.krate.clone());
        quote_spanned!(*place=> impl<#params __V: #krate)
    } else {
        quote_spanned!(*place=> impl<#params __V: ::di_core)
    });
    written.text("::__private::Registered<");
    written.tokens(own.clone());
    written.tokens(quote_spanned!(*place=> >));
    written.text(">");
    path(service, "::__private::ProvidedBy<", written);
    written.tokens(own.clone());
    written.text(", __V> for");
    written.tokens(interface.to_token_stream());
    if !bounds.is_empty() {
        written.tokens(bounds.clone());
    }
    // Where the service does not implement the interface, the error stands there.
    let last = Caret::under_type(interface).last;
    let mut method = Written::default();
    match &service.product {
        None => {
            let mut seen = Written::default();
            seen.tokens(Ident::new("service", last).to_token_stream());
            seen.tokens(own.clone());
            call(service, "::__private::write_view!", seen, &mut method);
        }
        Some(_) => method.tokens(view_of_value(service, words, last)),
    }
    written.tokens(braced_at(*place, method.into_tokens()));
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
                #private::Resolved::Borrowed(service) | #private::Resolved::Part(service) => {
                    #private::Resolved::Borrowed(&*service.value)
                }
            }
        }
    }
}

/// A type that nobody would inject is asked for: the compiler says so at its place, in words that fit how it is written.
fn unknown_dependencies(service: &Service) -> Option<TokenStream> {
    let Service { krate, generics, self_ty, .. } = service;
    let mut unknown = Vec::new();
    for (member, _) in service.injected() {
        if wanted(&member.ty) == Wanted::Unknown {
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

/// What it says of itself.
fn said(service: &Service) -> Said {
    let Mode { is_async, is_fallible } = mode(service);
    let has_life = service.close.is_some() || service.lifecycle.is_some() || service.health.is_some();
    let members = given(service).map(|(_, member)| {
        let asked = asked(&member.ty);
        let (kind, key) = match &member.source {
            Source::Injected { .. } => (MemberKind::Injected(asked.wanted), spelt_out_self(service, asked.key)),
            Source::Key => (MemberKind::Key, String::new()),
            Source::Arg | Source::Default => (MemberKind::Arg, of_type(&member.ty)),
        };
        let qualifier = match &member.source {
            Source::Injected { qualifier } => qualifier.as_deref().map(text),
            _ => None,
        };
        crate::model::said::Member {
            kind,
            name: member.name.clone(),
            key,
            qualifier,
            args: if kind == MemberKind::Injected(Wanted::Factory) { factory_arguments(&member.ty) } else { None },
        }
    });
    Said {
        name: plain(&service.name),
        // What a parameter stands for is known where the service is listed.
        params: service.generics.params.iter().filter_map(parameter).collect(),
        interfaces: service.interfaces.iter().map(of_type).collect(),
        flags: Flags {
            is_async,
            is_fallible,
            has_life,
            winding_down: service.winding_down.is_some(),
            is_provider: service.product.is_some(),
            is_reported: service.product.as_ref().is_some_and(|product| product.is_reported),
            ..Flags::default()
        },
        location: Location::of(&service.name),
        members: members.collect(),
    }
}

/// A key in which `Self` stands under its own name: a container has another `Self`.
fn spelt_out_self(service: &Service, key: String) -> String {
    if !key.contains("Self") {
        return key;
    }
    let own = text(&service.self_ty);
    let mut out = String::with_capacity(key.len());
    let mut rest = key.as_str();
    while let Some(at) = rest.find("Self") {
        let (before, after) = (&rest[..at], &rest[at + "Self".len()..]);
        let is_of_a_word = |c: char| c.is_alphanumeric() || c == '_';
        let is_a_word = !before.ends_with(is_of_a_word) && !after.starts_with(is_of_a_word);
        out += before;
        out += if is_a_word && !after.trim_start().starts_with("::") { &own } else { "Self" };
        rest = after;
    }
    out + rest
}

fn parameter(parameter: &GenericParam) -> Option<String> {
    match parameter {
        GenericParam::Type(parameter) => Some(parameter.ident.to_string()),
        GenericParam::Const(parameter) => Some(parameter.ident.to_string()),
        GenericParam::Lifetime(_) => None,
    }
}
