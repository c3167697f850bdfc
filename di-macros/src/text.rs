//! Types as text, as a person would write them.

use proc_macro2::{Delimiter, Ident, Spacing, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{GenericArgument, Path, PathArguments, Type, TypeParamBound};

/// `Arc < dyn IClock >` as `Arc<dyn IClock>`, and `r#type` as `type`.
pub(crate) fn text(tokens: impl ToTokens) -> String {
    let mut out = String::new();
    write(tokens.into_token_stream(), &mut out);
    out
}

/// The same of a type. Most are paths, which need not become tokens for it.
pub(crate) fn of_type(ty: &Type) -> String {
    let mut out = String::new();
    match write_type(ty, &mut out) {
        Some(()) => out,
        None => text(ty),
    }
}

/// A path, or the object of one trait; nothing is said of what has another form.
fn write_type(ty: &Type, out: &mut String) -> Option<()> {
    match ty {
        Type::Path(path) if path.qself.is_none() => write_path(&path.path, out),
        Type::TraitObject(object)
            if object.dyn_token.is_some() && object.bounds.len() == 1 && !object.bounds.trailing_punct() =>
        {
            match &object.bounds[0] {
                TypeParamBound::Trait(bound) if bound.paren_token.is_none() && bound.lifetimes.is_none() => {
                    out.push_str("dyn ");
                    write_path(&bound.path, out)
                }
                _ => None,
            }
        }
        _ => None,
    }
}

fn write_path(path: &Path, out: &mut String) -> Option<()> {
    let mut is_first = path.leading_colon.is_none();
    for segment in &path.segments {
        if !is_first {
            out.push_str("::");
        }
        is_first = false;
        write_name(&segment.ident, out);
        match &segment.arguments {
            PathArguments::None => {}
            PathArguments::AngleBracketed(arguments) if arguments.colon2_token.is_none() => {
                let mut separator = "<";
                for argument in &arguments.args {
                    let GenericArgument::Type(ty) = argument else { return None };
                    out.push_str(separator);
                    write_type(ty, out)?;
                    separator = ", ";
                }
                if arguments.args.is_empty() || arguments.args.trailing_punct() {
                    return None;
                }
                out.push('>');
            }
            _ => return None,
        }
    }
    Some(())
}

fn write_name(name: &Ident, out: &mut String) {
    let name = name.to_string();
    out.push_str(name.strip_prefix("r#").unwrap_or(&name));
}

/// A text for `#[diagnostic::on_unimplemented]`, in which no brace stands for an argument.
pub(crate) fn escaped(text: &str) -> String {
    text.replace('{', "{{").replace('}', "}}")
}

fn write(tokens: TokenStream, out: &mut String) {
    let mut is_behind_dyn = false;
    for token in tokens {
        let is_path_of_object = std::mem::take(&mut is_behind_dyn);
        match token {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::None => ("", ""),
                };
                out.push_str(open);
                write(group.stream(), out);
                out.push_str(close);
            }
            TokenTree::Punct(punct) => match punct.as_char() {
                ',' => out.push_str(", "),
                ';' => out.push_str("; "),
                '+' => out.push_str(" + "),
                '=' if punct.spacing() == Spacing::Alone => out.push_str(" = "),
                ':' if is_path_of_object => out.push_str(" :"),
                other => out.push(other),
            },
            word => {
                if out.ends_with(|last: char| last.is_alphanumeric() || last == '_') {
                    out.push(' ');
                }
                let word = word.to_string();
                is_behind_dyn = word == "dyn";
                out.push_str(word.strip_prefix("r#").unwrap_or(&word));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{of_type, text};

    #[test]
    fn a_type_is_one_text_whether_it_becomes_tokens_or_not() {
        let written = [
            "::std::sync::Arc<r#type>",
            "Vec::<u8>",
            "Vec<u8,>",
            "Vec<>",
            "A<'static, dyn B>",
            "dyn (I)",
            "dyn for<'a> I<'a>",
            "dyn Fn(A) -> B",
            "<T as I>::Item",
            "A<{ 3 }, 4>",
            "A<B = C>",
            "Option<Arc<dyn a::r#dyn::I<u8, Arc<B>>>>",
            "crate::A",
            "Arc<dyn ::a::I>",
            "dyn I +",
            "Self::A",
            "m!(A)",
        ];
        for ty in written {
            let parsed: syn::Type = syn::parse_str(ty).expect(ty);
            assert_eq!(of_type(&parsed), text(&parsed), "{ty}");
        }
    }

    #[test]
    fn types_read_as_they_are_written() {
        let written = [
            "Arc<dyn IClock>",
            "Engine<Bybit, 4>",
            "Option<Arc<dyn app::IClock + Send>>",
            "&'static str",
            "(u8, [u32; 2])",
            "dyn Fn(u8)->u8",
            "Factory<Ticket, (u32, )>",
        ];
        for ty in written {
            let parsed: syn::Type = syn::parse_str(ty).expect(ty);
            assert_eq!(text(&parsed), ty);
            assert_eq!(of_type(&parsed), ty);
        }
    }
}
