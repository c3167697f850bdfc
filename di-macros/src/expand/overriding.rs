//! What `#[container(from = .., replace(..))]` writes: another container with the types of some fields replaced.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::parse::{Parse, ParseStream, Parser};
use syn::{ItemStruct, Path, Token, Type, braced, bracketed, parenthesized};

use crate::errors::Errors;
use crate::model::container::Args;
use crate::model::listed::replace;
use crate::parse::keys::{enumerated, nearest};

/// Calls the hidden macro of the other container, which knows its definition.
pub(super) fn call(from: &Path, args: &Args, item: &ItemStruct, errors: &mut Errors) -> TokenStream {
    if !item.fields.is_empty() {
        errors.at(
            &item.fields,
            "[DI0012] a container made `from` another has that one's fields\n\n  help: write `struct Name;`, and name what differs in `replace(field = Type)`\n  see `di_core::diagnostics::DI0012`",
        );
    }
    if args.replace.is_none() {
        errors.at(from, "[DI0012] `from` needs `replace(field = Type)`: else it is the same container\n  see `di_core::diagnostics::DI0012`");
    }
    let replace = args.replace.clone().unwrap_or_default();
    let (attrs, vis, name) = (&item.attrs, &item.vis, &item.ident);
    let krate = crate::model::crate_path(args.krate.as_ref());
    quote! {
        #from! { @definition [#krate::__private::override_container] [#(#attrs)* #vis struct #name;] (#replace) }
    }
}

/// One `field = Type`.
struct Replacement {
    field: Ident,
    ty: Type,
}

impl Parse for Replacement {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let field = input.parse()?;
        input.parse::<Token![=]>()?;
        Ok(Self { field, ty: input.parse()? })
    }
}

/// What the hidden macro hands over.
struct Input {
    args: TokenStream,
    original: ItemStruct,
    derived: ItemStruct,
    replacements: Vec<Replacement>,
}

impl Parse for Input {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let definition;
        braced!(definition in input);
        let args;
        bracketed!(args in definition);
        let derived;
        bracketed!(derived in input);
        let replace;
        parenthesized!(replace in input);
        Ok(Self {
            args: args.parse()?,
            original: definition.parse()?,
            derived: derived.parse()?,
            replacements: replace.parse_terminated(Replacement::parse, Token![,])?.into_iter().collect(),
        })
    }
}

/// Expands the call.
pub(crate) fn override_container(input: TokenStream) -> TokenStream {
    let Input { args, mut original, derived, replacements } = match Parser::parse2(Input::parse, input) {
        Ok(input) => input,
        Err(error) => return error.to_compile_error(),
    };
    let mut errors = Errors::default();
    let fields: Vec<String> =
        original.fields.iter().filter_map(|field| field.ident.as_ref().map(ToString::to_string)).collect();
    for Replacement { field: name, ty } in replacements {
        match original.fields.iter_mut().find(|field| field.ident.as_ref() == Some(&name)) {
            Some(field) => {
                replace(field, ty);
                field.attrs.retain(|attribute| !attribute.path().is_ident("input"));
            }
            None => errors.at(&name, unknown(&name, &original.ident, &fields)),
        }
    }
    // Docs and derives of the original do not belong to the copy; what says which nodes there are does.
    original.attrs.retain(|attribute| ["absent", "empty"].iter().any(|name| attribute.path().is_ident(name)));
    original.attrs.extend(derived.attrs);
    original.vis = derived.vis;
    original.ident = derived.ident;
    let errors = errors.into_tokens();
    let expanded = super::container(args, quote!(#original));
    quote!(#expanded #errors)
}

fn unknown(name: &Ident, container: &Ident, fields: &[String]) -> String {
    let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
    let mut message = format!("[DI0012] `{container}` has no field `{name}`\n");
    if let Some(near) = nearest(&name.to_string(), &fields) {
        message += &format!("\n  help: did you mean `{near}`?");
    }
    format!("{message}\n  its fields: {}\n  see `di_core::diagnostics::DI0012`", enumerated(&fields))
}
