//! The constructor of a service.

use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;
use syn::{FnArg, GenericArgument, GenericParam, Path, PathArguments, ReturnType, Safety, Type};

use crate::errors::{Code, Errors};
use crate::text::text;

/// A constructor with parameters of its own would leave open what it needs.
pub(super) fn is_generic(constructor: &syn::Signature, errors: &mut Errors) -> bool {
    let name = &constructor.ident;
    let parameters = constructor.generics.params.iter().map(|parameter| {
        let parameter = match parameter {
            GenericParam::Type(parameter) => parameter.ident.to_token_stream(),
            GenericParam::Const(parameter) => parameter.ident.to_token_stream(),
            GenericParam::Lifetime(parameter) => parameter.lifetime.to_token_stream(),
        };
        (parameter, "declare it on the type".to_owned())
    });
    let opaque = opaque_arguments(constructor);
    report_generic(name, parameters.chain(opaque), errors)
}

/// A function may have parameters that its own type has, but no arguments that are generic by themselves.
pub(super) fn is_generic_function(function: &syn::Signature, errors: &mut Errors) -> bool {
    report_generic(&function.ident, opaque_arguments(function), errors)
}

/// The container calls it, and cannot uphold the safety contract of an unsafe function.
pub(super) fn is_safe(function: &syn::Signature, errors: &mut Errors) {
    if let Safety::Unsafe(word) = &function.safety {
        errors.report(
            word,
            Code::DI0013,
            format_args!(
                "`{}` is unsafe, and the container that calls it cannot uphold its safety contract\n\n  help: remove `unsafe`, and uphold the contract within the function",
                function.ident
            ),
        );
    }
}

fn opaque_arguments(function: &syn::Signature) -> impl Iterator<Item = (TokenStream, String)> {
    function.inputs.iter().filter_map(|argument| match argument {
        FnArg::Typed(argument) => Some((opaque_in(&argument.ty)?, as_object(&argument.ty))),
        FnArg::Receiver(_) => None,
    })
}

fn report_generic(name: &Ident, generic: impl Iterator<Item = (TokenStream, String)>, errors: &mut Errors) -> bool {
    let mut found = false;
    for (tokens, help) in generic {
        errors.report(
            &tokens,
            Code::DI0013,
            format_args!(
                "the constructor `{name}` is generic over `{}`, so that nobody knows what it needs\n\n  help: {help}",
                text(&tokens)
            ),
        );
        found = true;
    }
    found
}

/// The `impl ..` that stands in the type of an argument.
pub(super) fn opaque_in(ty: &Type) -> Option<TokenStream> {
    match ty {
        Type::ImplTrait(opaque) => Some(opaque.to_token_stream()),
        Type::Reference(reference) => opaque_in(&reference.elem),
        Type::Tuple(tuple) => tuple.elems.iter().find_map(opaque_in),
        Type::Path(path) => path.path.segments.iter().find_map(|segment| match &segment.arguments {
            PathArguments::AngleBracketed(arguments) => arguments.args.iter().find_map(|argument| match argument {
                GenericArgument::Type(argument) => opaque_in(argument),
                _ => None,
            }),
            _ => None,
        }),
        _ => None,
    }
}

/// How an argument whose type has an `impl ..` in it is asked for.
fn as_object(ty: &Type) -> String {
    let ty = text(ty).replace("impl ", "dyn ");
    if ty.starts_with("dyn ") { format!("ask for `Arc<{ty}>`") } else { format!("ask for `{ty}`") }
}

pub(super) fn no_constructor(name: &Ident, methods: &[(Ident, bool)]) -> String {
    let likely: Vec<String> = methods.iter().filter(|(_, likely)| *likely).map(|(name, _)| name.to_string()).collect();
    let conventional = likely.iter().find(|name| *name == "new").or_else(|| likely.first());
    let help = match conventional {
        Some(function) => format!("write `#[constructor]` above `fn {function}`"),
        None => format!("write a function that makes it: `#[constructor] fn new(..) -> Self` in `impl {name}`"),
    };
    format!("`{name}` has no constructor\n\n  help: {help}")
}

/// Whether a method could be meant as the constructor: no `self`, and it returns something.
pub(super) fn looks_like_one(method: &syn::ImplItemFn, self_ty: &Type) -> bool {
    match &method.sig.output {
        ReturnType::Type(_, ty) => method.sig.receiver().is_none() && (is_self(ty, self_ty) || mentions_self(ty)),
        ReturnType::Default => false,
    }
}

fn mentions_self(ty: &Type) -> bool {
    text(ty).contains("Self")
}

pub(super) fn is_self(ty: &Type, self_ty: &Type) -> bool {
    let (Type::Path(path), Type::Path(own)) = (ty, self_ty) else { return text(ty) == text(self_ty) };
    path.path.is_ident("Self")
        || text(ty) == text(self_ty)
        || is_from_the_crate(&path.path) && ends_with(&path.path, &own.path)
        || is_from_the_crate(&own.path) && ends_with(&own.path, &path.path)
}

/// `crate::..`, `self::..`, `super::..`
fn is_from_the_crate(path: &Path) -> bool {
    path.segments.first().is_some_and(|first| ["crate", "self", "super"].iter().any(|word| first.ident == word))
}

/// Whether a path is the other one, with more in front.
fn ends_with(path: &Path, end: &Path) -> bool {
    path.segments.len() >= end.segments.len()
        && path.segments.iter().rev().zip(end.segments.iter().rev()).all(|(left, right)| text(left) == text(right))
}
