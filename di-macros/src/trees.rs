//! Tokens one by one, of the compiler's own kind.

use proc_macro::{Delimiter, Group, Ident, Punct, Spacing, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{GenericArgument, Path, PathArguments, Type, TypeParamBound};

/// Tokens that become part of others: what is laid into them is moved and not copied.
pub(crate) type Trees = Vec<TokenTree>;

/// Tokens one by one.
pub(crate) fn trees(tokens: impl ToTokens) -> Trees {
    TokenStream::from(tokens.into_token_stream()).into_iter().collect()
}

/// The tokens of a type. Most are paths, which need not become a stream for it.
pub(crate) fn trees_of_type(ty: &Type) -> Trees {
    let mut written = Trees::new();
    match write_type(ty, &mut written) {
        Some(()) => written,
        None => trees(ty),
    }
}

/// A path, or the object of one trait; nothing is said of what has another form.
fn write_type(ty: &Type, out: &mut Trees) -> Option<()> {
    match ty {
        Type::Path(path) if path.qself.is_none() => write_path(&path.path, out),
        Type::TraitObject(object) if object.bounds.len() == 1 && !object.bounds.trailing_punct() => {
            match &object.bounds[0] {
                TypeParamBound::Trait(bound) if bound.paren_token.is_none() && bound.lifetimes.is_none() => {
                    out.push(Ident::new("dyn", object.dyn_token?.span.unwrap()).into());
                    write_path(&bound.path, out)
                }
                _ => None,
            }
        }
        _ => None,
    }
}

fn write_path(path: &Path, out: &mut Trees) -> Option<()> {
    // `$crate`, with which a macro's path begins, is no name.
    let is_of_a_macro =
        || path.segments.len() > 1 && path.segments.first().is_some_and(|first| first.ident == "$crate");
    if path.leading_colon.is_some() || is_of_a_macro() {
        return None;
    }
    for segment in path.segments.pairs() {
        out.push(name(&segment.value().ident));
        match &segment.value().arguments {
            PathArguments::None => {}
            PathArguments::AngleBracketed(arguments) if arguments.colon2_token.is_none() => {
                out.push(sign_at('<', Spacing::Alone, arguments.lt_token.spans[0]));
                for argument in arguments.args.pairs() {
                    let GenericArgument::Type(ty) = argument.value() else { return None };
                    write_type(ty, out)?;
                    out.extend(argument.punct().map(|comma| sign_at(',', Spacing::Alone, comma.spans[0])));
                }
                out.push(sign_at('>', Spacing::Alone, arguments.gt_token.spans[0]));
            }
            _ => return None,
        }
        if let Some(colons) = segment.punct() {
            out.push(sign_at(':', Spacing::Joint, colons.spans[0]));
            out.push(sign_at(':', Spacing::Alone, colons.spans[1]));
        }
    }
    Some(())
}

/// Tokens as one stream.
pub(crate) fn stream(trees: Trees) -> proc_macro2::TokenStream {
    TokenStream::from_iter(trees).into()
}

/// Tokens between brackets, braces or parentheses.
pub(crate) fn group(delimiter: Delimiter, trees: Trees) -> TokenTree {
    Group::new(delimiter, TokenStream::from_iter(trees)).into()
}

/// A name of the user's as a token.
pub(crate) fn name(ident: &proc_macro2::Ident) -> TokenTree {
    let (text, span) = (ident.to_string(), ident.span().unwrap());
    match text.strip_prefix("r#") {
        Some(raw) => Ident::new_raw(raw, span).into(),
        None => Ident::new(&text, span).into(),
    }
}

/// A name of ours as a token, at the macro's call.
pub(crate) fn our_name(name: &str) -> TokenTree {
    Ident::new(name, Span::call_site()).into()
}

/// A sign that stands alone, as `,` and `&` do.
pub(crate) fn sign(character: char) -> TokenTree {
    Punct::new(character, Spacing::Alone).into()
}

/// A sign of the user's.
fn sign_at(character: char, spacing: Spacing, place: proc_macro2::Span) -> TokenTree {
    let mut sign = Punct::new(character, spacing);
    sign.set_span(place.unwrap());
    sign.into()
}
