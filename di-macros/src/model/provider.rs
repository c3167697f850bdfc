//! Provider functions: services that make a value of a type that may be foreign.
//!
//! What the macro writes for it is what a person would write: a type of one's own around the value, with the function for a
//! constructor. So it is a service like any other, but for its key, which is the value's type.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Attribute, GenericArgument, Generics, ItemFn, PathArguments, ReturnType, Type, Visibility};

use super::constructor::{is_generic_function, opaque_in};
use super::dependency::generic;
use super::service::{Made, Returned, Service, members_of, plain};
use super::service_args::Args;
use super::spelt_out;
use crate::errors::{Code, Errors};
use crate::text::text;

/// What a function provides, and the type that is written around it.
pub(crate) struct Product {
    pub(crate) vis: Visibility,
    pub(crate) docs: Vec<Attribute>,
    /// The key: `T` of `T`, of `Arc<T>`, and of `Result`s of them; `_` if it could not be read, of which an error tells.
    pub(crate) key: Type,
    /// The function returns an `Arc` already.
    pub(crate) is_shared: bool,
    /// The parameters that the key does not name.
    pub(crate) unnamed: Vec<TokenStream>,
}

impl Service {
    /// The service of a function, from whose arguments the framework's attributes are taken off.
    pub(crate) fn of_function(args: Args, item: &mut ItemFn, errors: &mut Errors) -> Option<Self> {
        let name = item.sig.ident.clone();
        fits_a_function(&args, errors);
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
                Type::Infer(syn::parse_quote!(_))
            }
        };
        let result = result_of(&returned);
        let made = result.unwrap_or(&returned);
        let (key, is_shared) = match generic(made) {
            Some(("Arc", key)) => (key.clone(), true),
            _ => (made.clone(), false),
        };
        let key = if let Some(opaque) = opaque_in(made) {
            let object = text(&opaque).replacen("impl ", "dyn ", 1);
            errors.report(
                &opaque,
                Code::DI0013,
                format_args!("what `{name}` provides has no name\n\n  help: name its type, or return `Arc<{object}>`"),
            );
            match key {
                Type::ImplTrait(_) => syn::parse_str(&object).unwrap_or(Type::Infer(syn::parse_quote!(_))),
                _ => Type::Infer(syn::parse_quote!(_)),
            }
        } else {
            key
        };
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
        let product = Product {
            vis: item.vis.clone(),
            docs: item.attrs.iter().filter(|attribute| attribute.path().is_ident("doc")).cloned().collect(),
            unnamed: unnamed(&item.sig.generics, &key),
            key,
            is_shared,
        };
        let generics = item.sig.generics.clone();
        let mut args = args;
        if matches!(product.key, Type::TraitObject(_))
            && !args.provides.iter().any(|own| text(own) == text(&product.key))
        {
            args.provides.insert(0, product.key.clone());
        }
        Some(Self { product: Some(product), ..Self::new(args, name, generics, self_ty, members, made) })
    }
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

/// DI0012: a function is its own constructor.
fn fits_a_function(args: &Args, errors: &mut Errors) {
    if let Some(hook) = &args.post_construct {
        errors.report(
            hook,
            Code::DI0012,
            "a function that provides something needs no `post_construct`\n\n  help: call it at the end of the function",
        );
    }
}

impl Product {
    /// The type that is written around what is provided.
    pub(crate) fn wrapper(&self, service: &Service) -> TokenStream {
        let Self { vis, docs, unnamed, .. } = self;
        let key = match &self.key {
            Type::Infer(_) => quote!(()),
            key => quote!(#key),
        };
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
