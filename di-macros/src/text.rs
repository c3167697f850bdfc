//! Types as text, as a person would write them.

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};
use quote::ToTokens;

/// `Arc < dyn IClock >` as `Arc<dyn IClock>`, and `r#type` as `type`.
pub(crate) fn text(tokens: impl ToTokens) -> String {
    let mut out = String::new();
    write(tokens.into_token_stream(), &mut out);
    out
}

/// A text for `#[diagnostic::on_unimplemented]`, in which no brace stands for an argument.
pub(crate) fn escaped(text: &str) -> String {
    text.replace('{', "{{").replace('}', "}}")
}

fn write(tokens: TokenStream, out: &mut String) {
    for token in tokens {
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
                other => out.push(other),
            },
            word => {
                if out.ends_with(|last: char| last.is_alphanumeric() || last == '_') {
                    out.push(' ');
                }
                let word = word.to_string();
                out.push_str(word.strip_prefix("r#").unwrap_or(&word));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::text;

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
            assert_eq!(text(parsed), ty);
        }
    }
}
