//! Bindings of a complete container: an impl per field, per group and per export.

use std::collections::HashMap;

use proc_macro::Delimiter;
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens as _, format_ident, quote, quote_spanned};
use syn::Type;

use super::supply::{Body, Supply};
use super::wiring::Wiring;
use crate::graph::text::{alike, is_interface, name};
use crate::graph::{Graph, Kind, Node, Registration};
use crate::model::container::Container;
use crate::model::listed::{Field, Kind as Listed, Shape};
use crate::spans::{Caret, at, moved};
use crate::template::{Written, lex, together, within, word};
use crate::text::of_type;

/// All of them.
pub(super) fn bindings(wiring: &Wiring<'_>) -> TokenStream {
    let mut written = Bindings::default();
    for (node, field) in wiring.container.fields.iter().enumerate() {
        if !wiring.is_faulty || is_first(wiring, node) {
            of_field(wiring, node, field, &mut written);
        }
    }
    let first = wiring.container.fields.len();
    let groups = wiring.container.groups.iter().enumerate();
    for (index, group) in groups.filter(|(index, _)| is_first_group(wiring, first + index)) {
        let cell = super::item::group_cell(index);
        written.others.push(group_binding(wiring, &group.interface, quote!(#cell)));
    }
    let answers = Answers::of_graph(wiring.graph);
    for interface in &wiring.container.exports {
        export(wiring, &answers, interface, &mut written);
    }
    written.into_tokens(wiring)
}

/// What is written, by the template that writes it.
#[derive(Default)]
struct Bindings {
    kept: Written,
    exports: Written,
    others: Vec<TokenStream>,
}

impl Bindings {
    fn into_tokens(self, wiring: &Wiring<'_>) -> TokenStream {
        let Container { krate, name, exports, .. } = wiring.container;
        let mut written = Written::default();
        written.tokens(krate.clone());
        written.text("::__private::write_kept!");
        let mut kept = Written::default();
        kept.text(&word(name));
        kept.tokens(self.kept.into_tokens());
        written.tokens(within(Delimiter::Brace, kept.into_tokens()));
        if !exports.is_empty() {
            written.tokens(krate.clone());
            written.text("::__private::write_exports!");
            let mut contents = Written::default();
            contents.text(&word(name));
            contents.tokens(self.exports.into_tokens());
            written.tokens(within(Delimiter::Brace, contents.into_tokens()));
        }
        for other in self.others {
            written.tokens(other);
        }
        written.into_tokens()
    }
}

/// Whether no earlier field has the same type: after DI0003, nothing is said again.
fn is_first(wiring: &Wiring<'_>, node: usize) -> bool {
    let own = &wiring.graph.nodes[node];
    !wiring.graph.nodes[..node].iter().any(|other| {
        alike(&other.service, &own.service) && other.qualifier == own.qualifier && own.kind != Kind::Inherited
    })
}

/// Whether no earlier node is a group of the same interface: after DI0003 or DI0009, nothing is said again.
fn is_first_group(wiring: &Wiring<'_>, node: usize) -> bool {
    let nodes = &wiring.graph.nodes;
    let is_same =
        |other: &Node| (other.kind == Kind::Group || other.is_many) && alike(&other.service, &nodes[node].service);
    !wiring.is_faulty || !nodes[..node].iter().any(is_same)
}

fn of_field(wiring: &Wiring<'_>, node: usize, field: &Field, written: &mut Bindings) {
    let name = &field.name;
    match field.kind {
        Listed::Service => match field.shape() {
            // After DI0005: what was meant to be supplied is found.
            Shape::Arc(key) if wiring.graph.nodes[node].kind == Kind::Unknown => kept(wiring, node, key, name, written),
            // No function of that name is a type: the compiler would take it for all types.
            _ if wiring.graph.nodes[node].kind == Kind::Unknown && field.product.is_some() => match &field.product {
                Some(key) if !matches!(key, Type::TraitObject(_)) => kept(wiring, node, key, name, written),
                _ => {}
            },
            _ => {
                kept(wiring, node, &field.ty, name, written);
                written.others.extend(product(wiring, node, field));
            }
        },
        // What exports nothing answers nothing: such a module may stand in a container twice.
        Listed::Module if wiring.graph.nodes[node].interfaces.is_empty() || wiring.is_second(node) => {}
        Listed::Module => {
            let registered = registered_as(wiring.qualifier(node), "__Interface");
            instance(&field.ty, registered, "Inline", name, written);
        }
        Listed::Input | Listed::Inherit => match field.shape() {
            Shape::Value => kept(wiring, node, &field.ty, name, written),
            Shape::Arc(key) => kept(wiring, node, key, name, written),
            Shape::Many(_) if !is_first_group(wiring, node) => {}
            Shape::Many(key) => written.others.push(group_binding(wiring, key, quote!(#name))),
            Shape::Optional(_) => {}
        },
        Listed::Transient => written.others.push(made(wiring, node, field)),
        Listed::Scope => {}
    }
}

/// Which keys a field answers, as the last parameters of `Keeps` and `Makes`; nothing for a member of a group alone.
fn registered(wiring: &Wiring<'_>, node: usize) -> Option<TokenStream> {
    let own = &wiring.graph.nodes[node];
    let from_outside = matches!(own.kind, Kind::Input | Kind::Inherited);
    let registration = match own.registration {
        Registration::GroupOnly => return None,
        // After DI0003, who asks for the key is given the first, and nothing is said again.
        _ if wiring.is_second(node) && from_outside => return None,
        _ if wiring.is_second(node) || from_outside => "__Concrete",
        Registration::Dual => "__Dual",
        Registration::Interface => "__Interface",
        Registration::Concrete => "__Concrete",
    };
    let qualifier = wiring.qualifier(node).filter(|_| own.kind != Kind::Inherited);
    Some(registered_as(qualifier, registration))
}

fn registered_as(qualifier: Option<&Type>, registration: &str) -> TokenStream {
    match qualifier {
        None if registration == "__Dual" => TokenStream::new(),
        None => lex(&format!(", __Unqualified, {registration}")),
        Some(qualifier) => together([lex(","), qualifier.to_token_stream(), lex(&format!(", {registration}"))]),
    }
}

/// An instance that is kept in a field.
fn kept(wiring: &Wiring<'_>, node: usize, key: &Type, field: &Ident, written: &mut Bindings) {
    if let Some(registered) = registered(wiring, node) {
        instance(key, registered, "Shared", field, written);
    }
}

/// What is kept answers a key: what `write_kept!` is given.
fn instance(key: &Type, registered: TokenStream, stored: &str, field: &Ident, written: &mut Bindings) {
    let mut contents = Written::default();
    contents.bracketed(key.to_token_stream());
    contents.bracketed(registered);
    contents.text(stored);
    contents.text(" ");
    contents.text(&word(field));
    written.kept.tokens(within(Delimiter::Brace, contents.into_tokens()));
}

/// What a function provides, under its own type.
fn product(wiring: &Wiring<'_>, node: usize, field: &Field) -> Option<TokenStream> {
    let is_provider = wiring.said(node).is_some_and(|said| said.flags.is_provider);
    let product = field.product.as_ref().filter(|_| is_provider)?;
    let (name, ty, private) = (&field.name, &field.ty, wiring.private());
    if matches!(product, Type::TraitObject(_)) {
        if wiring.is_faulty || wiring.said(node).is_some_and(|said| said.flags.is_reported) {
            return None;
        }
        let check = format_ident!("__provides_{}", node);
        let given = moved(Caret::under_type(product).first, quote!(__give(service)));
        return Some(quote! {
            #[allow(dead_code)]
            fn #check(service: &__Arc<#ty>) -> __Arc<#product> {
                #given
            }
        });
    }
    let own = &wiring.graph.nodes[node];
    if own.registration == Registration::GroupOnly || !own.answers_concretely() {
        return None;
    }
    let app = &wiring.container.name;
    let qualifier = match wiring.qualifier(node) {
        Some(qualifier) => quote!(#qualifier),
        None => quote!(#private::Unqualified),
    };
    let caret = Caret::under_type(product);
    let value = at(caret.first, quote!(<#ty as #private::Provider<#product>>::value));
    if field.kind == Listed::Transient {
        let header = at(caret.first, quote!(impl #private::Makes<#product, #qualifier, #private::Concrete> for #app));
        return Some(quote! {
            #header {
                fn make(&self) -> __Arc<#product> {
                    let made = #private::Makes::<#ty, #qualifier, #private::Concrete>::make(self);
                    __Arc::clone(#value(&made))
                }
            }
        });
    }
    let header = at(caret.first, quote!(impl __Keeps<#product, #qualifier, #private::Concrete> for #app));
    Some(quote! {
        #header {
            fn stored(&self) -> __Stored<'_, #product> {
                __Stored::Shared(#value(&self.#name))
            }
        }
    })
}

/// What is made at each resolution.
fn made(wiring: &Wiring<'_>, node: usize, field: &Field) -> TokenStream {
    let is_given = wiring.said(node).is_some() && wiring.graph.nodes[node].is_given();
    let Some(registered) = registered(wiring, node).filter(|_| is_given) else { return TokenStream::new() };
    let (ty, app, private) = (&field.ty, &wiring.container.name, wiring.private());
    let header = at(Caret::under_type(ty).first, quote!(impl #private::Makes<#ty #registered> for #app));
    let product = product(wiring, node, field);
    let body = if wiring.is_faulty {
        quote!(::core::unreachable!())
    } else {
        let new = Supply::new(wiring, Body::Method).transient(node);
        quote_spanned!(wiring.span(node)=> #new)
    };
    quote! {
        #header {
            fn make(&self) -> __Arc<#ty> {
                #body
            }
        }
        #product
    }
}

fn group_binding(wiring: &Wiring<'_>, interface: &Type, cell: TokenStream) -> TokenStream {
    let Container { krate, name, .. } = wiring.container;
    let header =
        at(Caret::under_type(interface).first, quote!(impl #krate::resolve::ProvidesMany<#interface> for #name));
    quote! {
        #header {
            fn group(&self) -> &#krate::dependency::Many<#interface> {
                &self.#cell
            }
        }
    }
}

/// The nodes that answer keys, by the last name of the key.
struct Answers<'a>(HashMap<&'a str, Vec<(&'a str, usize)>>);

impl<'a> Answers<'a> {
    fn of_graph(graph: &'a Graph) -> Self {
        let mut answers = Self(HashMap::new());
        for (index, node) in graph.nodes.iter().enumerate().filter(|(_, node)| node.qualifier.is_none()) {
            if matches!(node.kind, Kind::Singleton | Kind::Module) && node.answers_interfaces() {
                node.interfaces.iter().for_each(|interface| answers.add(interface, index));
            }
            let answers_itself = match node.kind {
                Kind::Singleton => node.answers_concretely(),
                Kind::Input | Kind::Inherited => node.registration != Registration::GroupOnly,
                _ => false,
            };
            if answers_itself {
                answers.add(&node.service, index);
            }
        }
        answers
    }

    fn add(&mut self, key: &'a str, node: usize) {
        self.0.entry(name(key).unwrap_or_default()).or_default().push((key, node));
    }

    /// The one node that answers a key as far as text tells.
    fn of(&self, key: &Type) -> Option<usize> {
        let key = of_type(key);
        let mut found: Vec<usize> = self
            .0
            .get(name(&key).unwrap_or_default())?
            .iter()
            .filter(|(own, _)| is_interface(own) == is_interface(&key) && alike(own, &key))
            .map(|(_, node)| *node)
            .collect();
        found.dedup();
        match found.as_slice() {
            [node] => Some(*node),
            _ => None,
        }
    }
}

/// What a container exports: what `write_exports!` is given for a key.
fn export(wiring: &Wiring<'_>, answers: &Answers<'_>, interface: &Type, written: &mut Bindings) {
    let mut contents = Written::default();
    contents.bracketed(interface.to_token_stream());
    let answer = answers.of(interface);
    // To generic code, a container lends the concrete types that it keeps, exported or not.
    let is_passed_on = answer.is_some_and(|node| wiring.graph.nodes[node].kind == Kind::Module);
    let is_lent_so = !is_passed_on && !matches!(interface, Type::TraitObject(_));
    contents.text(if is_lent_so { "__Outside " } else { "__Registered " });
    match answer {
        _ if wiring.is_faulty => contents.text("__export_nothing [()]"),
        None => contents.text("__export_by_type [_]"),
        Some(node) => {
            contents.text("__export");
            let (by, registered) = match wiring.field(node) {
                Some(field) if matches!(field.kind, Listed::Input | Listed::Inherit) => {
                    (interface.to_token_stream(), "__Concrete")
                }
                Some(field) if field.kind == Listed::Service && !matches!(interface, Type::TraitObject(_)) => {
                    (field.provided().to_token_stream(), "__Concrete")
                }
                Some(field) => (field.ty.to_token_stream(), "__Interface"),
                None => (lex("_"), "__Interface"),
            };
            contents.bracketed(by);
            contents.text(registered);
        }
    }
    written.exports.tokens(within(Delimiter::Brace, contents.into_tokens()));
}
