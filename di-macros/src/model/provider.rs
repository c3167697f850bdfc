//! Provider functions: services that make a value of a type that may be foreign.
//!
//! What the macro writes for it is what a person would write: a type of one's own around the value, with the function for a
//! constructor. So it is a service like any other, but for its key, which is the value's type.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use syn::{
    Attribute, GenericArgument, GenericParam, Generics, ItemFn, PathArguments, ReturnType, Type, TypeParamBound,
    Visibility,
};

use super::constructor::{is_generic_function, is_safe, opaque_in};
use super::dependency::generic;
use super::service::{Made, Returned, Service, annotated_once, members_of, plain};
use super::service_args::Args;
use super::spelt_out;
use super::unshared::{Unshared, or_another_of_that_name, unshared};
use crate::errors::{Code, Errors};
use crate::text::text;

/// What a function provides, and the type that is written around it.
pub(crate) struct Product {
    pub(crate) vis: Visibility,
    pub(crate) docs: Vec<Attribute>,
    /// The key: `T` of `T`, of `Arc<T>`, and of `Result`s of them; `_` if it could not be read, of which an error tells.
    pub(crate) key: Type,
    /// What it provides is no value of its own, of which an error tells: what is written is a stub that provides all that a
    /// container may say.
    pub(crate) is_reported: bool,
    /// The function returns an `Arc` already.
    pub(crate) is_shared: bool,
    /// The parameters that the key does not name.
    pub(crate) unnamed: Vec<TokenStream>,
}

impl Service {
    /// The service of a function, from whose arguments the framework's attributes are taken off; nothing of a method.
    pub(crate) fn of_function(args: Args, item: &mut ItemFn, errors: &mut Errors) -> Option<Self> {
        let name = item.sig.ident.clone();
        if let Some(receiver) = item.sig.receiver() {
            errors.report(
                receiver,
                Code::DI0013,
                format_args!(
                    "`{name}` is a method, and only a function of its own can be a service\n\n  help: write it outside of the `impl` block, with what it needs for its arguments"
                ),
            );
            return None;
        }
        fits_a_function(&args, item, errors);
        let members = members_of(&mut item.sig, errors);
        // After an error, what goes on is a stub, so that containers that list the function say nothing of their own.
        let members = if is_generic_function(&item.sig, errors) { Vec::new() } else { members };
        let returned = match &item.sig.output {
            ReturnType::Type(_, returned) => spelt_out((**returned).clone()),
            ReturnType::Default => {
                errors.report(
                    &name,
                    Code::DI0013,
                    format_args!(
                        "the function `{name}` returns nothing, so that it provides nothing\n\n  help: return what it makes, or a `Result` of it"
                    ),
                );
                unknown()
            }
        };
        let result = result_of(&returned);
        let made = result.unwrap_or(&returned);
        let (key, is_shared) = match generic(made) {
            Some(("Arc", key)) => (key.clone(), true),
            _ => (made.clone(), false),
        };
        let in_its_place = cannot_be_provided(&name, made, is_shared, errors);
        if let Type::TraitObject(object) = made {
            as_it_should_be(item, object);
        }
        let (_, arguments, _) = item.sig.generics.split_for_impl();
        let self_ty = syn::parse_quote!(#name #arguments);
        let made = Made::By {
            function: name.clone(),
            is_async: item.sig.asyncness.is_some(),
            returned: match result {
                Some(_) => Returned::Fallible(Box::new(returned.clone())),
                None => Returned::Itself,
            },
        };
        let is_reported = in_its_place.is_some();
        let key = in_its_place.unwrap_or(key);
        let product = Product {
            vis: item.vis.clone(),
            docs: item.attrs.iter().filter(|attribute| attribute.path().is_ident("doc")).cloned().collect(),
            unnamed: if is_reported { all_types(&item.sig.generics) } else { unnamed(&item.sig.generics, &key) },
            key,
            is_reported,
            is_shared,
        };
        let generics = item.sig.generics.clone();
        let mut args = args;
        if matches!(product.key, Type::TraitObject(_))
            && !args.provides.iter().any(|own| text(own) == text(&product.key))
        {
            args.provides.insert(0, product.key.clone());
        }
        let is_public = matches!(product.vis, Visibility::Public(_));
        Some(Self { is_public, product: Some(product), ..Self::new(args, name, generics, self_ty, members, made) })
    }

    /// A stub of a service that borrows, which has been reported: of a function it provides whatever is asked for. A type
    /// with lifetimes has none, since its containers outlive it.
    pub(crate) fn without_lifetimes(self) -> Option<Self> {
        if self.generics.lifetimes().next().is_none() {
            return Some(self);
        }
        let product = self.product?;
        let mut generics = self.generics;
        // Bounds may name the lifetimes.
        let without_bounds = |own| match own {
            GenericParam::Lifetime(_) => None,
            GenericParam::Type(own) => {
                let name = own.ident;
                Some(GenericParam::Type(syn::parse_quote!(#name: 'static)))
            }
            other => Some(other),
        };
        generics.params = generics.params.into_iter().filter_map(without_bounds).collect();
        generics.where_clause = None;
        let (name, (_, arguments, _)) = (&self.name, generics.split_for_impl());
        let self_ty = syn::parse_quote!(#name #arguments);
        let product = Product { key: unknown(), is_reported: true, unnamed: all_types(&generics), ..product };
        Some(Self { product: Some(product), generics, self_ty, members: Vec::new(), ..self })
    }
}

/// Stands for a type that could not be read.
fn unknown() -> Type {
    Type::Infer(syn::parse_quote!(_))
}

/// DI0013, DI0005: what is returned cannot be kept, or has no name. What stands for it, so that nothing else is said of it.
fn cannot_be_provided(name: &Ident, made: &Type, is_shared: bool, errors: &mut Errors) -> Option<Type> {
    let key = match generic(made) {
        Some(("Arc", key)) if is_shared => key,
        _ => made,
    };
    if let Some(opaque) = opaque_in(made) {
        let object = object_of(&opaque);
        errors.report(
            &opaque,
            Code::DI0013,
            format_args!("what `{name}` provides has no name\n\n  help: {}", named(&opaque, object.as_ref())),
        );
        return Some(object.filter(|_| matches!(key, Type::ImplTrait(_))).unwrap_or_else(unknown));
    }
    if let Some(Unshared { held, instead }) = unshared(made) {
        let or_another = or_another_of_that_name(made);
        errors.report(
            made,
            Code::DI0005,
            format_args!(
                "`{name}` is no service: threads cannot share the `{}` that it provides\n\n  help: write `{instead}<{}>`{or_another}",
                text(made),
                text(held)
            ),
        );
        return Some(unknown());
    }
    let owned = match key {
        Type::Slice(slice) => Some(format!("Vec<{}>", text(&slice.elem))),
        Type::Path(path) if path.path.is_ident("str") => Some("String".to_owned()),
        _ => None,
    };
    if let Some(owned) = owned.filter(|_| is_shared) {
        errors.report(
            made,
            Code::DI0013,
            format_args!("what `{name}` provides has no size\n\n  help: return `{owned}`"),
        );
        return Some(unknown());
    }
    match made {
        Type::TraitObject(object) => {
            errors.report(
                made,
                Code::DI0013,
                format_args!("what `{name}` returns has no size\n\n  help: return `Arc<{}>`", text(object)),
            );
            Some(made.clone())
        }
        Type::Reference(reference) if reference.lifetime.as_ref().is_none_or(|lifetime| lifetime.ident != "static") => {
            errors.report(
                made,
                Code::DI0013,
                format_args!(
                    "what `{name}` provides is borrowed, and the container would outlive it\n\n  help: return `Arc<{}>`",
                    text(&reference.elem)
                ),
            );
            Some(unknown())
        }
        Type::Infer(_) => Some(unknown()),
        // Outside of an impl block, `Self` means nothing, as the compiler tells.
        Type::Path(path) if path.path.segments.first().is_some_and(|first| first.ident == "Self") => Some(unknown()),
        _ => None,
    }
}

/// Traits of the standard library that say nothing of threads.
const OBJECTS: [&str; 10] = ["Any", "BufRead", "Debug", "Display", "Error", "Fn", "FnMut", "Iterator", "Read", "Write"];

/// Traits of the standard library that cannot be objects.
const NO_OBJECTS: [&str; 12] =
    ["AsyncFn", "Clone", "Copy", "Default", "Eq", "From", "FromStr", "Hash", "Into", "Ord", "PartialEq", "PartialOrd"];

/// `dyn I` of `impl I`; nothing where that is no object.
fn object_of(opaque: &TokenStream) -> Option<Type> {
    let Type::ImplTrait(opaque) = syn::parse2(opaque.clone()).ok()? else { return None };
    let mut traits = opaque.bounds.iter().filter_map(|bound| match bound {
        TypeParamBound::Trait(bound) => Some((bound, bound.path.segments.last()?.ident.to_string())),
        _ => None,
    });
    let (first, name) = traits.next()?;
    let rest: Vec<String> = traits.map(|(_, name)| name).collect();
    if NO_OBJECTS.contains(&name.as_str())
        || rest.iter().any(|name| !["Send", "Sync", "Unpin"].contains(&name.as_str()))
    {
        return None;
    }
    // An interface brings its bounds along.
    let bounds = if OBJECTS.contains(&name.as_str()) {
        quote!(+ ::core::marker::Send + ::core::marker::Sync)
    } else {
        TokenStream::new()
    };
    Some(syn::parse_quote!(dyn #first #bounds))
}

/// The way out where a type has no name.
fn named(opaque: &TokenStream, object: Option<&Type>) -> String {
    if first_trait(opaque).is_some_and(|first| first == "Future") {
        return "make it an `async fn`, which returns what the future is ready with".to_owned();
    }
    match object {
        Some(object) => {
            let object = text(object).replace("::core::marker::", "");
            format!("name its type, or return `Arc<{object}>`")
        }
        None => "name its type".to_owned(),
    }
}

/// The last name of the first trait of `impl a::I + ..`.
fn first_trait(opaque: &TokenStream) -> Option<String> {
    let Type::ImplTrait(opaque) = syn::parse2(opaque.clone()).ok()? else { return None };
    opaque.bounds.iter().find_map(|bound| match bound {
        TypeParamBound::Trait(bound) => Some(bound.path.segments.last()?.ident.to_string()),
        _ => None,
    })
}

/// The function with a size of what it returns; its body would not fit.
fn as_it_should_be(item: &mut ItemFn, object: &syn::TypeTraitObject) {
    item.sig.output = syn::parse_quote!(-> ::std::boxed::Box<#object>);
    *item.block = syn::parse_quote!({ ::core::unreachable!() });
    item.attrs.push(syn::parse_quote!(#[allow(unused_variables)]));
}

/// `T` of `Result<T, ..>`; an alias of a `Result` is called so, too.
fn result_of(ty: &Type) -> Option<&Type> {
    let Type::Path(path) = ty else { return None };
    let segment = path.path.segments.last().filter(|segment| segment.ident == "Result")?;
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else { return None };
    match arguments.args.first()? {
        GenericArgument::Type(made) => Some(made),
        _ => None,
    }
}

/// The parameters that stand nowhere in the key: a type must use each of its own.
fn unnamed(generics: &Generics, key: &Type) -> Vec<TokenStream> {
    let key = text(key);
    let mut names = key.split(|c: char| !c.is_alphanumeric() && c != '_').collect::<Vec<_>>();
    names.sort_unstable();
    let parameters = generics.type_params().map(|parameter| &parameter.ident);
    let unnamed = parameters.filter(|parameter| names.binary_search(&plain(parameter).as_str()).is_err());
    unnamed.map(ToTokens::to_token_stream).collect()
}

/// All parameters for types.
fn all_types(generics: &Generics) -> Vec<TokenStream> {
    generics.type_params().map(|parameter| parameter.ident.to_token_stream()).collect()
}

/// DI0012: a function is its own constructor. DI0013: nobody could answer for calling it.
fn fits_a_function(args: &Args, item: &mut ItemFn, errors: &mut Errors) {
    if let Some(hook) = &args.post_construct {
        errors.report(
            hook,
            Code::DI0012,
            "a function that provides something needs no `post_construct`\n\n  help: call it at the end of the function",
        );
    }
    annotated_once(&mut item.attrs, errors);
    item.attrs.retain(|attribute| {
        let is_constructor = attribute.path().is_ident("constructor");
        if is_constructor {
            errors.report(
                attribute,
                Code::DI0012,
                "a function that is a service is its own constructor\n\n  help: remove this attribute",
            );
        }
        !is_constructor
    });
    is_safe(&item.sig, errors);
}

impl Product {
    /// The type that is written around what is provided.
    pub(crate) fn wrapper(&self, service: &Service) -> TokenStream {
        let Self { vis, docs, unnamed, .. } = self;
        let key = if self.is_reported { quote!(()) } else { self.key.to_token_stream() };
        let (name, generics) = (&service.name, &service.generics);
        let (params, bounds) = (&generics.params, &generics.where_clause);
        let krate = &service.krate;
        let doc = format!("What `{}` provides.", plain(name));
        let doc = docs.is_empty().then(|| quote!(#[doc = #doc]));
        let parameters = (!unnamed.is_empty()).then(|| {
            quote! {
                #[doc(hidden)]
                parameters: ::core::marker::PhantomData<fn() -> (#(#unnamed,)*)>,
            }
        });
        quote! {
            #(#docs)*
            #doc
            #[allow(non_camel_case_types, private_interfaces, private_bounds, missing_debug_implementations)]
            #vis struct #name<#params> #bounds {
                /// The value.
                #vis value: #krate::__private::Arc<#key>,
                #parameters
            }
        }
    }

    /// The wrapper around a value.
    pub(crate) fn wrapped(&self, krate: &TokenStream, value: &TokenStream) -> TokenStream {
        let value = if self.is_shared { value.clone() } else { quote!(#krate::__private::Arc::new(#value)) };
        let parameters = (!self.unnamed.is_empty()).then(|| quote!(parameters: ::core::marker::PhantomData,));
        quote!(Self { value: #value, #parameters })
    }
}
