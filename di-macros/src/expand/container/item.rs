//! The struct of a container, its inputs, and what stands beside it.

use proc_macro::Delimiter;
use proc_macro2::{Group, Ident, Punct, Spacing, Span, TokenStream, TokenTree};
use quote::{ToTokens, TokenStreamExt as _, format_ident, quote, quote_spanned};
use syn::{Attribute, Meta, Type, Visibility};

use crate::expand::hidden_macro::hidden_macro;
use crate::model::container::{Build, Container};
use crate::model::dependency::asked;
use crate::model::listed::{Field, Kind, Registration, Shape};
use crate::model::said::{Flags, Member, MemberKind, Said};
use crate::model::service::plain;
use crate::spans::Location;
use crate::template::{Written, lex, together, within, word};
use crate::text::{of_type, text};

/// What does not depend on the services: the rest is written by the end of the chain.
pub(super) fn item(container: &Container, written: &mut Written) {
    let Container { name, vis, attrs, .. } = container;
    written.tokens(quote!(#(#attrs)* #vis struct #name));
    written.braced(cells(container));
    written.tokens(inputs(container));
    if !attrs.iter().any(derives_debug) {
        written.tokens(debug(name));
    }
    written.tokens(lent_by_reference(container));
    written.text("#[doc(hidden)] #[allow(unused_imports, unreachable_pub)]");
    written.tokens(vis.to_token_stream());
    written.text("use");
    krate(container, written);
    written.text("::prelude::*;");
    written.tokens(hidden_macro(name, &said(container).encode(), definition(container)));
}

/// The path of `di-core`.
pub(super) fn krate(container: &Container, written: &mut Written) {
    if container.is_renamed {
        written.tokens(container.krate.clone());
    } else {
        written.text("::di_core");
    }
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

/// The fields of the struct.
fn cells(container: &Container) -> Written {
    let krate = &container.krate;
    let mut cells = Written::default();
    // One for all fields: a clone costs less than to read it again.
    let mut arc = Written::default();
    self::krate(container, &mut arc);
    arc.text("::__private::Arc<");
    let arc = arc.into_tokens();
    let mut tokens = TokenStream::new();
    for field in &container.fields {
        let Some(kept) = kept(field) else { continue };
        write_name(field, &mut tokens);
        match kept {
            Kept::Itself => field.ty.to_tokens(&mut tokens),
            Kept::InArc => {
                cells.tokens(std::mem::take(&mut tokens));
                cells.tokens(arc.clone());
                field.ty.to_tokens(&mut tokens);
                tokens.append(Punct::new('>', Spacing::Alone));
            }
        }
        tokens.append(Punct::new(',', Spacing::Alone));
    }
    for (index, group) in container.groups.iter().enumerate() {
        let (cell, interface) = (group_cell(index), &group.interface);
        tokens.extend(quote!(#cell: #krate::dependency::Many<#interface>,));
    }
    cells.tokens(tokens);
    cells
}

/// All that stands before the type of a field.
fn write_name(field: &Field, tokens: &mut TokenStream) {
    let Field { name, vis, docs, .. } = field;
    for doc in docs {
        doc.to_tokens(tokens);
    }
    if docs.is_empty() && !matches!(vis, Visibility::Inherited) {
        let doc = format!("The container's `{}`.", of_type(field.provided()));
        tokens.extend(quote!(#[doc = #doc]));
    }
    // Nothing asks for what only a group or an optional dependency gets; it is kept all the same.
    if matches!(field.kind, Kind::Input | Kind::Inherit)
        && (field.registration == Registration::GroupOnly || matches!(field.shape(), Shape::Optional(_)))
    {
        tokens.extend(quote!(#[allow(dead_code)]));
    }
    vis.to_tokens(tokens);
    name.to_tokens(tokens);
    tokens.append(Punct::new(':', Spacing::Alone));
}

/// How a field is kept.
enum Kept {
    Itself,
    InArc,
}

/// How a field is kept; nothing for what is not.
fn kept(field: &Field) -> Option<Kept> {
    match field.kind {
        Kind::Service => Some(Kept::InArc),
        Kind::Module => Some(Kept::Itself),
        Kind::Input | Kind::Inherit => Some(match field.shape() {
            Shape::Value => Kept::InArc,
            Shape::Arc(_) | Shape::Many(_) | Shape::Optional(_) => Kept::Itself,
        }),
        Kind::Transient | Kind::Scope => None,
    }
}

/// The type of what is kept of a field; nothing for what is not.
pub(super) fn kept_type(container: &Container, field: &Field) -> Option<TokenStream> {
    let krate = &container.krate;
    let ty = &field.ty;
    Some(match kept(field)? {
        Kept::Itself => ty.to_token_stream(),
        Kept::InArc => quote!(#krate::__private::Arc<#ty>),
    })
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
        flags: Flags {
            is_container: true,
            is_async: mode.is_async,
            is_fallible: mode.is_fallible,
            is_public: matches!(container.vis, Visibility::Public(_)),
            ..Flags::default()
        },
        location: Location::of(&container.name),
        members: inherited.chain(given).chain(parts).collect(),
    }
}
