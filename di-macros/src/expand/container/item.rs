//! The struct of a container, its inputs, and what stands beside it.

use proc_macro::Delimiter;
use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{Attribute, Meta, Type, Visibility};

use crate::expand::hidden_macro::hidden_macro;
use crate::model::container::{Build, Container};
use crate::model::dependency::asked;
use crate::model::listed::{Field, Kind, Registration, Shape};
use crate::model::said::{Flags, Member, MemberKind, Said};
use crate::model::service::plain;
use crate::spans::Location;
use crate::template::{lex, together, within, word};
use crate::text::{of_type, text};

/// What does not depend on the services: the rest is written by the end of the chain.
pub(super) fn item(container: &Container) -> TokenStream {
    let Container { krate, name, vis, attrs, .. } = container;
    let cells = container.fields.iter().filter_map(|field| cell(container, field));
    let groups = container.groups.iter().enumerate().map(|(index, group)| {
        let (cell, interface) = (group_cell(index), &group.interface);
        quote!(#cell: #krate::dependency::Many<#interface>)
    });
    let inputs = inputs(container);
    let hidden = hidden_macro(name, &said(container).encode(), definition(container));
    let cells = quote!(#(#cells,)* #(#groups,)*);
    together([
        quote!(#(#attrs)* #vis struct #name),
        within(Delimiter::Brace, cells),
        inputs,
        if attrs.iter().any(derives_debug) { TokenStream::new() } else { debug(name) },
        lent_by_reference(container),
        lex("#[doc(hidden)] #[allow(unused_imports, unreachable_pub)]"),
        vis.to_token_stream(),
        lex("use"),
        krate.clone(),
        lex("::prelude::*;"),
        hidden,
    ])
}

/// `#[derive(Debug)]`, which then says what is shown.
fn derives_debug(attribute: &Attribute) -> bool {
    attribute.path().is_ident("derive")
        && matches!(&attribute.meta, Meta::List(list) if text(&list.tokens).split(|c: char| !c.is_alphanumeric()).any(|word| word == "Debug"))
}

/// `Debug` by the name alone: what a container keeps need not implement it.
fn debug(name: &Ident) -> TokenStream {
    lex(&format!(
        "#[automatically_derived] \
         impl ::core::fmt::Debug for {} {{ \
             fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {{ \
                 f.debug_struct({:?}).finish_non_exhaustive() \
             }} \
         }}",
        word(name),
        plain(name)
    ))
}

/// To generic code, a reference to the container is as good. The impl stands here and not at the end of the chain, so that the
/// compiler, which mentions it where the container lends something else, says that it is of `#[container]`.
fn lent_by_reference(container: &Container) -> TokenStream {
    let Container { krate, name, .. } = container;
    let key = if name == "T" { "Key" } else { "T" };
    let name = word(name);
    together([
        lex(&format!("#[automatically_derived] impl<{key}: ?::core::marker::Sized>")),
        krate.clone(),
        lex(&format!("::__private::LendsKey<{key}> for &{name} where {name}:")),
        krate.clone(),
        lex(&format!("::__private::LendsKey<{key}>")),
        within(Delimiter::Brace, together([lex("type Access ="), krate.clone(), lex("::__private::Behind;")])),
    ])
}

/// After errors: what keeps other code from failing because of them, and the editor from losing the methods.
pub(super) fn stub(container: &Container) -> TokenStream {
    let Container { krate, name, vis, attrs, .. } = container;
    let inputs = inputs(container);
    let inputs_name = &container.inputs;
    quote! {
        #(#attrs)*
        #vis struct #name {}
        #inputs
        impl #name {
            #vis fn build(_: #inputs_name) -> Self {
                ::core::unreachable!()
            }

            #[allow(dead_code)]
            #vis fn get<__T: ?::core::marker::Sized>(&self) -> &__T {
                ::core::unreachable!()
            }

            #[allow(dead_code)]
            #vis fn shared<__T: ?::core::marker::Sized>(&self) -> #krate::__private::Arc<__T> {
                ::core::unreachable!()
            }

            #[allow(dead_code)]
            #vis fn many<__T: ?::core::marker::Sized>(&self) -> &#krate::dependency::Many<__T> {
                ::core::unreachable!()
            }
        }
    }
}

/// A field of the struct; nothing for what is not kept.
fn cell(container: &Container, field: &Field) -> Option<TokenStream> {
    let Field { name, vis, docs, .. } = field;
    let ty = kept_type(container, field)?;
    let doc = (docs.is_empty() && !matches!(vis, Visibility::Inherited)).then(|| {
        let doc = format!("The container's `{}`.", of_type(field.provided()));
        quote!(#[doc = #doc])
    });
    // Nothing asks for what only a group or an optional dependency gets; it is kept all the same.
    let is_unasked = matches!(field.kind, Kind::Input | Kind::Inherit)
        && (matches!(field.shape(), Shape::Optional(_)) || field.registration == Registration::GroupOnly);
    let allowed = is_unasked.then(|| quote!(#[allow(dead_code)]));
    Some(quote!(#(#docs)* #doc #allowed #vis #name: #ty))
}

/// How a field is kept; nothing for what is not.
pub(super) fn kept_type(container: &Container, field: &Field) -> Option<TokenStream> {
    let krate = &container.krate;
    let ty = &field.ty;
    match field.kind {
        Kind::Service => Some(quote!(#krate::__private::Arc<#ty>)),
        Kind::Module => Some(quote!(#ty)),
        Kind::Input | Kind::Inherit => Some(match field.shape() {
            Shape::Value => quote!(#krate::__private::Arc<#ty>),
            Shape::Arc(_) | Shape::Many(_) | Shape::Optional(_) => quote!(#ty),
        }),
        Kind::Transient | Kind::Scope => None,
    }
}

/// The name under which a group is kept.
pub(super) fn group_cell(index: usize) -> Ident {
    format_ident!("__group_{}", index, span = Span::mixed_site())
}

/// The struct of what the caller supplies; where that is nothing, another name of the one for all containers.
fn inputs(container: &Container) -> TokenStream {
    let Container { krate, name, vis, inputs, .. } = container;
    let attributes = container.allowed().map(ToTokens::to_token_stream);
    let doc = format!("What the caller of `{name}::build` supplies.");
    let attributes = together(attributes.chain([lex(&format!("#[allow(private_interfaces)] #[doc = {doc:?}]"))]));
    let (vis, own) = (vis.to_token_stream(), inputs.to_token_stream());
    if !container.has_inputs() {
        let nothing = [lex("="), krate.clone(), lex("::__private::NoInputs;")];
        return together([attributes, vis, lex("type"), own].into_iter().chain(nothing));
    }
    let fields = container.of_kind(Kind::Input).map(|field| {
        let Field { name, ty, docs, .. } = field;
        let doc = docs.is_empty().then(|| quote!(#[doc = "Supplied by the caller."]));
        let ty = match ty {
            // It has no size, which has been told.
            Type::TraitObject(_) | Type::Slice(_) => quote!(#krate::__private::Arc<#ty>),
            _ => ty.to_token_stream(),
        };
        quote!(#(#docs)* #doc #vis #name: #ty,)
    });
    let fields = within(Delimiter::Brace, together(fields));
    together([attributes, vis, lex("struct"), own, fields, debug(inputs)])
}

/// What another container needs to derive its own from this one.
fn definition(container: &Container) -> TokenStream {
    let definition = container.definition.clone();
    // Asking the compiler for the text costs less than looking at each token.
    let names_the_crate = definition.to_string().contains("crate");
    let definition = if names_the_crate { from_elsewhere(definition) } else { definition };
    let definition = within(Delimiter::Brace, definition);
    let rest = lex("$($rest)*");
    let call = within(Delimiter::Brace, together([definition, rest]));
    let told = within(Delimiter::Brace, together([lex("$($callback)*!"), call]));
    together([lex("(@definition [$($callback:tt)*] $($rest:tt)*) =>"), told, lex(";")])
}

/// The tokens as a `macro_rules` hands them to another crate: `crate::..` is this one.
fn from_elsewhere(tokens: TokenStream) -> TokenStream {
    let mut out = TokenStream::new();
    let mut tokens = tokens.into_iter().peekable();
    let mut is_visibility = false;
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Group(group) => {
                let mut inner = Group::new(group.delimiter(), from_elsewhere(group.stream()));
                inner.set_span(group.span());
                out.extend([TokenTree::from(inner)]);
            }
            TokenTree::Ident(word)
                if word == "crate"
                    && !is_visibility
                    && matches!(tokens.peek(), Some(TokenTree::Punct(colon)) if colon.as_char() == ':') =>
            {
                out.extend(quote_spanned!(word.span()=> $));
                out.extend([TokenTree::from(word)]);
            }
            TokenTree::Ident(word) => {
                is_visibility = word == "in";
                out.extend([TokenTree::from(word)]);
            }
            other => out.extend([other]),
        }
    }
    out
}

/// What a container says of itself to those that list it: a container is a service.
fn said(container: &Container) -> Said {
    let inherited = container.of_kind(Kind::Inherit).map(|field| {
        let asked = asked(&field.ty);
        Member {
            kind: MemberKind::Injected(asked.wanted),
            name: field.plain_name(),
            key: asked.key,
            qualifier: field.qualifier.as_ref().map(text),
            args: None,
        }
    });
    let of = |kind: MemberKind| {
        move |field: &Field| Member {
            kind,
            name: field.plain_name(),
            key: of_type(field.provided()),
            qualifier: None,
            args: None,
        }
    };
    let given = container.of_kind(Kind::Input).map(of(MemberKind::Arg));
    let parts = container.fields.iter().map(|field| {
        let is_container = matches!(field.kind, Kind::Module | Kind::Scope);
        of(if is_container { MemberKind::Inner } else { MemberKind::Part })(field)
    });
    let mode = container.build.as_ref().map(Build::mode).unwrap_or_default();
    Said {
        name: plain(&container.name),
        params: Vec::new(),
        interfaces: container.exports.iter().map(of_type).collect(),
        flags: Flags { is_container: true, is_async: mode.is_async, is_fallible: mode.is_fallible, ..Flags::default() },
        location: Location::of(&container.name),
        members: inherited.chain(given).chain(parts).collect(),
    }
}
