//! Overrides, `#[container(from = .., replace(..))]`: another container with the types of some fields replaced.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::quote;
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Attribute, ItemStruct, Path, Token, Type, braced, bracketed, parenthesized, parse_quote};

use crate::errors::{Code, Errors};
use crate::model::container::Args;
use crate::model::dependency::generic;
use crate::model::listed::replace;
use crate::parse::keys::{enumerated, nearest};

/// Calls the hidden macro of the other container, which knows its definition.
pub(super) fn call(from: &Path, args: &Args, item: &ItemStruct, errors: &mut Errors) -> TokenStream {
    if !item.fields.is_empty() {
        errors.report(
            &item.fields,
            Code::DI0012,
            "a container made `from` another has that one's fields\n\n  help: write `struct Name;`, and name what differs in `replace(field = Type)`",
        );
    }
    if args.replace.is_none() {
        errors.report(from, Code::DI0012, "`from` needs `replace(field = Type)`: else it is the same container");
    }
    for key in &args.taken_over {
        errors.report(
            key,
            Code::DI0012,
            format_args!(
                "an override has the `{key}` of the container that it is made from\n\n  help: remove `{key}` here"
            ),
        );
    }
    let replace = args.replace.clone().unwrap_or_default();
    let (attrs, vis, name) = (&item.attrs, &item.vis, &item.ident);
    let krate = crate::model::crate_path(args.krate.as_ref());
    let renamed = args.krate.as_ref().map(|krate| quote!(crate = #krate));
    let build = args.build.as_ref().filter(|build| build.is_known).map(|build| &build.word);
    let build = build.map(|word| quote!(build = #word));
    quote! {
        #from! {
            @definition [#krate::__private::override_container]
            [#(#attrs)* #vis struct #name;] (#replace) [#renamed] [#build]
        }
    }
}

/// One `field = Type`, `field = input Type`, or `field = provide(function) Type`.
struct Replacement {
    field: Ident,
    by: By,
    ty: Type,
}

/// Where the value of a replaced field comes from.
enum By {
    /// The type is a service.
    Service,
    /// The caller supplies it.
    Input,
    /// A function provides it.
    Function(Path),
}

impl Parse for Replacement {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let field = input.parse()?;
        input.parse::<Token![=]>()?;
        let said = if input.peek(keyword::input) && !is_end_of_type(input) {
            input.parse::<keyword::input>()?;
            Some(By::Input)
        } else if input.peek(keyword::provide) && input.peek2(syn::token::Paren) {
            input.parse::<keyword::provide>()?;
            let function;
            parenthesized!(function in input);
            Some(By::Function(function.parse()?))
        } else {
            None
        };
        let ty = input.parse()?;
        let by = said.unwrap_or_else(|| match generic(&ty) {
            // What stands in an `Arc` is made elsewhere: no service is an `Arc`.
            Some(("Arc", _)) => By::Input,
            _ => By::Service,
        });
        Ok(Self { field, by, ty })
    }
}

impl By {
    /// The attributes of the original that go with what stood there.
    fn dropped(&self) -> &'static [&'static str] {
        match self {
            Self::Service => &["input", "provide"],
            Self::Input => &["input", "inherit", "transient", "module", "scope", "register", "provide"],
            Self::Function(_) => &["input", "inherit", "module", "scope", "provide"],
        }
    }

    /// The attribute that says so on the field.
    fn attribute(&self) -> Option<Attribute> {
        match self {
            Self::Service => None,
            Self::Input => Some(parse_quote!(#[input])),
            Self::Function(function) => Some(parse_quote!(#[provide(#function)])),
        }
    }
}

mod keyword {
    syn::custom_keyword!(input);
    syn::custom_keyword!(provide);
}

/// Whether the word that comes next is a type of that name, and not the keyword in front of one.
fn is_end_of_type(input: ParseStream<'_>) -> bool {
    let rest = input.fork();
    let _word = rest.parse::<Ident>();
    rest.is_empty() || rest.peek(Token![,]) || rest.peek(Token![::]) || rest.peek(Token![<])
}

/// What the hidden macro hands over.
struct Input {
    args: TokenStream,
    original: ItemStruct,
    derived: ItemStruct,
    replacements: Vec<Replacement>,
    /// `crate = path`, if the derived container says so.
    renamed: TokenStream,
    /// `build = word`, if it says so.
    build: TokenStream,
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
        let renamed;
        bracketed!(renamed in input);
        let build;
        bracketed!(build in input);
        Ok(Self {
            args: args.parse()?,
            original: definition.parse()?,
            derived: derived.parse()?,
            replacements: replace.parse_terminated(Replacement::parse, Token![,])?.into_iter().collect(),
            renamed: renamed.parse()?,
            build: build.parse()?,
        })
    }
}

/// Expands the call.
pub(crate) fn override_container(input: TokenStream) -> TokenStream {
    let Input { args, mut original, derived, replacements, renamed, build } = match Parser::parse2(Input::parse, input)
    {
        Ok(input) => input,
        Err(error) => return error.to_compile_error(),
    };
    let mut errors = Errors::default();
    let fields: Vec<String> =
        original.fields.iter().filter_map(|field| field.ident.as_ref().map(ToString::to_string)).collect();
    let mut replaced: Vec<Ident> = Vec::new();
    for Replacement { field: name, by, ty } in replacements {
        if replaced.contains(&name) {
            errors.report(
                &name,
                Code::DI0012,
                format_args!("`{name}` is replaced twice\n\n  help: leave one of the two in `replace(..)`"),
            );
            continue;
        }
        replaced.push(name.clone());
        match original.fields.iter_mut().find(|field| field.ident.as_ref() == Some(&name)) {
            Some(field) => {
                replace(field, ty);
                field.attrs.retain(|attribute| !by.dropped().iter().any(|name| attribute.path().is_ident(name)));
                field.attrs.extend(by.attribute());
            }
            None => errors.report(&name, Code::DI0012, unknown(&name, &original.ident, &fields)),
        }
    }
    // Docs and derives of the original do not belong to the copy; what says which nodes there are does.
    original.attrs.retain(|attribute| ["absent", "empty"].iter().any(|name| attribute.path().is_ident(name)));
    original.attrs.extend(derived.attrs);
    original.vis = derived.vis;
    original.ident = derived.ident;
    let errors = errors.into_tokens();
    let expanded = super::container(with_own(args, &renamed, &build), quote!(#original));
    quote!(#expanded #errors)
}

/// The arguments of the original, with the derived container's own `crate = ..` and `build = ..`.
fn with_own(args: TokenStream, renamed: &TokenStream, build: &TokenStream) -> TokenStream {
    let is_own = |word: &Ident| word == "crate" || !build.is_empty() && word == "build";
    let mut kept: Vec<TokenTree> = Vec::new();
    let mut is_skipped = false;
    for token in args {
        let is_comma = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == ',');
        let begins_a_key =
            kept.last().is_none_or(|last| matches!(last, TokenTree::Punct(punct) if punct.as_char() == ','));
        is_skipped =
            !is_comma && (is_skipped || begins_a_key && matches!(&token, TokenTree::Ident(word) if is_own(word)));
        if !(is_skipped || is_comma && begins_a_key) {
            kept.push(token);
        }
    }
    let comma = kept
        .last()
        .filter(|last| !matches!(last, TokenTree::Punct(punct) if punct.as_char() == ','))
        .map(|_| quote!(,));
    let kept: TokenStream = kept.into_iter().collect();
    let own = [renamed, build].into_iter().filter(|own| !own.is_empty());
    quote!(#kept #comma #(#own),*)
}

fn unknown(name: &Ident, container: &Ident, fields: &[String]) -> String {
    let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
    let mut message = format!("`{container}` has no field `{name}`\n");
    if let Some(near) = nearest(&name.to_string(), &fields) {
        message += &format!("\n  help: did you mean `{near}`?");
    }
    format!("{message}\n  its fields: {}", enumerated(&fields))
}
