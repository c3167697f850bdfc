//! Which function makes a service, and could it?

use proc_macro2::Ident;
use quote::ToTokens;
use syn::{FnArg, GenericParam, ReturnType, Type};

use crate::errors::Errors;
use crate::text::text;

/// A constructor with parameters of its own would leave open what it needs.
pub(super) fn is_generic(constructor: &syn::ImplItemFn, errors: &mut Errors) -> bool {
    let name = &constructor.sig.ident;
    let parameters = constructor.sig.generics.params.iter().map(|parameter| {
        let parameter = match parameter {
            GenericParam::Type(parameter) => parameter.ident.to_token_stream(),
            GenericParam::Const(parameter) => parameter.ident.to_token_stream(),
            GenericParam::Lifetime(parameter) => parameter.lifetime.to_token_stream(),
        };
        (parameter, "declare it on the type")
    });
    let opaque = constructor.sig.inputs.iter().filter_map(|argument| match argument {
        FnArg::Typed(argument) if matches!(&*argument.ty, Type::ImplTrait(_)) => {
            Some((argument.ty.to_token_stream(), "ask for `Arc<dyn ..>`"))
        }
        _ => None,
    });
    let mut found = false;
    for (tokens, help) in parameters.chain(opaque) {
        errors.at(
            &tokens,
            format_args!(
                "[DI0013] the constructor `{name}` is generic over `{}`, so that nobody knows what it needs\n\n  help: {help}\n  see `di_core::diagnostics::DI0013`",
                text(&tokens)
            ),
        );
        found = true;
    }
    found
}

pub(super) fn no_constructor(name: &Ident, methods: &[(Ident, bool)]) -> String {
    let likely: Vec<String> = methods.iter().filter(|(_, likely)| *likely).map(|(name, _)| name.to_string()).collect();
    let conventional = likely.iter().find(|name| *name == "new").or_else(|| likely.first());
    let help = match conventional {
        Some(function) => format!("write `#[constructor]` above `fn {function}`"),
        None => format!("write a function that makes it: `#[constructor] fn new(..) -> Self` in `impl {name}`"),
    };
    format!("[DI0013] `{name}` has no constructor\n\n  help: {help}\n  see `di_core::diagnostics::DI0013`")
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
    matches!(ty, Type::Path(path) if path.path.is_ident("Self")) || text(ty) == text(self_ty)
}
