//! Types as they are spelt, without the invisible groups in which a `macro_rules` passes on `$ty:ty`.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{GenericArgument, PathArguments, Type, TypeParamBound, TypeTraitObject};

/// The type without invisible groups.
pub(crate) fn spelt_out(ty: Type) -> Type {
    if has_groups(&ty) { syn::parse2(without_groups(ty.to_token_stream())).unwrap_or(ty) } else { ty }
}

/// Whether there are some where this crate looks for names: around the type, or around its arguments.
fn has_groups(ty: &Type) -> bool {
    match ty {
        Type::Group(_) => true,
        Type::Reference(reference) => has_groups(&reference.elem),
        Type::Path(path) => path.path.segments.iter().any(|segment| match &segment.arguments {
            PathArguments::AngleBracketed(arguments) => arguments.args.iter().any(|argument| match argument {
                GenericArgument::Type(argument) => has_groups(argument),
                _ => false,
            }),
            _ => false,
        }),
        // The path of a trait may be a group, which parses as part of the object.
        Type::TraitObject(object) if is_plain(object) => false,
        Type::TraitObject(object) => object.to_token_stream().into_iter().any(is_invisible),
        _ => false,
    }
}

/// Whether an object is that of one trait without arguments, read word by word.
fn is_plain(object: &TypeTraitObject) -> bool {
    matches!(object.bounds.first(), Some(TypeParamBound::Trait(bound)) if object.bounds.len() == 1
        && bound.path.segments.iter().all(|segment| segment.arguments.is_none()))
}

fn is_invisible(token: TokenTree) -> bool {
    matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::None)
}

fn without_groups(tokens: TokenStream) -> TokenStream {
    let flat = tokens.into_iter().flat_map(|token| match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::None => without_groups(group.stream()),
        other => other.into(),
    });
    flat.collect()
}

#[cfg(test)]
mod tests {
    use proc_macro2::Group;
    use quote::quote;

    use super::*;

    #[test]
    fn what_a_macro_passes_on_is_spelt_like_what_is_written() {
        let inner = TokenTree::from(Group::new(Delimiter::None, quote!(dyn IClock)));
        let outer = TokenTree::from(Group::new(Delimiter::None, quote!(Arc<#inner>)));
        for passed in [quote!(#outer), quote!(Arc<#inner>), quote!(Arc<dyn IClock>)] {
            let ty = spelt_out(syn::parse2(passed).expect("a type"));
            assert!(matches!(ty, Type::Path(_)));
            assert!(!has_groups(&ty));
            assert_eq!(crate::text::text(ty), "Arc<dyn IClock>");
        }
    }
}
