//! Bindings of a complete container: an impl per field, per group and per export.

use proc_macro::Delimiter;
use proc_macro2::{Ident, Punct, Spacing, TokenStream, TokenTree};
use quote::{ToTokens as _, format_ident, quote, quote_spanned};
use syn::{Token, Type};

use super::supply::{Body, Supply};
use super::wiring::Wiring;
use crate::graph::text::{alike, is_interface};
use crate::graph::{Graph, Kind, Named, Node, Registration};
use crate::model::container::Container;
use crate::model::listed::{Field, Kind as Listed, Shape};
use crate::spans::{Caret, at, moved};
use crate::template::{Written, within, word};
use crate::text::of_type;
use crate::trees::{self, Trees, group, our_name, sign, stream, trees_of_type};

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
    for interface in &wiring.container.exports {
        export(wiring, interface, &mut written);
    }
    written.into_tokens(wiring)
}

/// What is written, by the template that writes it.
#[derive(Default)]
struct Bindings {
    kept: Trees,
    exports: Written,
    others: Vec<TokenStream>,
}

impl Bindings {
    fn into_tokens(self, wiring: &Wiring<'_>) -> TokenStream {
        let Container { krate, name, exports, .. } = wiring.container;
        let mut written = Written::default();
        written.tokens(krate.clone());
        written.text("::__private::write_kept!");
        let mut kept = vec![trees::name(name)];
        kept.extend(self.kept);
        written.tokens(within(Delimiter::Brace, stream(kept)));
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
        Listed::Service if wiring.graph.nodes[node].kind == Kind::Unknown => match (&field.product, field.shape()) {
            // After DI0005: what was meant to be supplied is found.
            (_, Shape::Arc(key)) => kept(wiring, node, key, written),
            (None, _) => kept(wiring, node, &field.ty, written),
            // No function of that name is a type: the compiler would take it for all types.
            (Some(Type::TraitObject(_)), _) => {}
            (Some(key), _) => kept(wiring, node, key, written),
        },
        Listed::Service => {
            kept(wiring, node, &field.ty, written);
            written.others.extend(product(wiring, node, field));
        }
        // What exports nothing answers nothing: such a module may stand in a container twice.
        Listed::Module if wiring.graph.nodes[node].interfaces.is_empty() || wiring.is_second(node) => {}
        Listed::Module => {
            let registered = registered_as(wiring.qualifier(node), "__Interface");
            instance(wiring, node, &field.ty, registered, "Inline", written);
        }
        Listed::Input | Listed::Inherit => match field.shape() {
            Shape::Value => kept(wiring, node, &field.ty, written),
            Shape::Arc(key) => kept(wiring, node, key, written),
            Shape::Many(_) if !is_first_group(wiring, node) => {}
            Shape::Many(key) => written.others.push(group_binding(wiring, key, quote!(#name))),
            Shape::Optional(_) => {}
        },
        Listed::Transient => written.others.push(made(wiring, node, field)),
        Listed::Scope => {}
    }
}

/// Which keys a field answers, as the last parameters of `Keeps` and `Makes`; nothing for a member of a group alone.
fn registered(wiring: &Wiring<'_>, node: usize) -> Option<Trees> {
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

fn registered_as(qualifier: Option<&Type>, registration: &str) -> Trees {
    if qualifier.is_none() && registration == "__Dual" {
        return Trees::new();
    }
    let mut registered = vec![sign(',')];
    match qualifier {
        Some(qualifier) => registered.append(&mut trees_of_type(qualifier)),
        None => registered.push(our_name("__Unqualified")),
    }
    registered.extend([sign(','), our_name(registration)]);
    registered
}

/// An instance that is kept in a field.
fn kept(wiring: &Wiring<'_>, node: usize, key: &Type, written: &mut Bindings) {
    if let Some(registered) = registered(wiring, node) {
        instance(wiring, node, key, registered, "Shared", written);
    }
}

/// What is kept answers a key: what `write_kept!` is given.
fn instance(wiring: &Wiring<'_>, node: usize, key: &Type, registered: Trees, stored: &str, written: &mut Bindings) {
    written.kept.append(&mut trees_of_type(key));
    written.kept.push(group(Delimiter::Bracket, registered));
    written.kept.push(our_name(stored));
    written.kept.push(wiring.local(node));
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
    let registered = stream(registered);
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

/// The one node that answers an exported key as far as text tells.
fn answer(graph: &Graph, key: &Type) -> Option<usize> {
    let key = of_type(key);
    let is_of_key = |own: &str| is_interface(own) == is_interface(&key) && alike(own, &key);
    let answers = |named: &&Named| {
        let node = &graph.nodes[named.node];
        let answers = match node.kind {
            _ if node.qualifier.is_some() => false,
            Kind::Singleton | Kind::Module if named.is_interface() => node.answers_interfaces(),
            Kind::Singleton => node.answers_concretely(),
            Kind::Input | Kind::Inherited => node.registration != Registration::GroupOnly,
            _ => false,
        };
        answers && is_of_key(named.key(&graph.nodes))
    };
    let mut found = graph.names.of_key(&key).iter().filter(answers).map(|named| named.node);
    let first = found.next()?;
    found.all(|other| other == first).then_some(first)
}

/// What a container exports: what `write_exports!` is given for a key.
fn export(wiring: &Wiring<'_>, interface: &Type, written: &mut Bindings) {
    let mut contents = Written::default();
    contents.bracketed(interface.to_token_stream());
    let answer = answer(wiring.graph, interface);
    // To generic code, a container lends the concrete types that it keeps, exported or not.
    let is_passed_on = answer.is_some_and(|node| wiring.graph.nodes[node].kind == Kind::Module);
    let is_lent_so = !is_passed_on && !matches!(interface, Type::TraitObject(_));
    contents.text(if is_lent_so { "__Outside" } else { "__Exporting" });
    match answer {
        _ if wiring.is_faulty => contents.text("[__Unnamed]"),
        // The key stands there, so that it is underlined if nothing answers it.
        None => {
            contents.text("[__Unnamed]");
            let mut key = interface.clone();
            if let Type::TraitObject(object) = &mut key {
                object.dyn_token = Some(Token![dyn](Caret::under_type(interface).last));
            }
            contents.bracketed(quote!(__export_by_type::<_, _, #key>));
        }
        Some(node) => {
            let source = wiring.field(node).map(|field| source(field, interface)).unwrap_or_default();
            if may_be_named(wiring, node, interface) {
                contents.bracketed(source);
            } else {
                contents.text("[__Unnamed]");
                contents.bracketed(quote!(<#source as __Export<_, _>>::view));
            }
        }
    }
    written.exports.tokens(within(Delimiter::Brace, contents.into_tokens()));
}

/// What answers an exported key, as a type. It begins and ends at the key's last token, so that the key is underlined if what
/// is found does not provide it.
fn source(field: &Field, interface: &Type) -> TokenStream {
    let (source, answers, registered) = match field.kind {
        Listed::Module => ("__Module", &field.ty, ""),
        Listed::Input | Listed::Inherit => ("__Field", interface, ", __Concrete"),
        _ if matches!(interface, Type::TraitObject(_)) => ("__Field", &field.ty, ", __Interface"),
        _ => ("__Field", field.provided(), ", __Concrete"),
    };
    let place = Caret::under_type(interface).last;
    let mut written = Written::default();
    written.tokens(Ident::new(source, place).to_token_stream());
    written.text("<");
    written.tokens(answers.to_token_stream());
    written.text(registered);
    let mut end = Punct::new('>', Spacing::Alone);
    end.set_span(place);
    written.tokens(TokenTree::from(end).into());
    written.into_tokens()
}

/// Whether an associated type may name what answers: it is the key itself, or as visible as can be.
fn may_be_named(wiring: &Wiring<'_>, node: usize, interface: &Type) -> bool {
    let is_an_interface = matches!(interface, Type::TraitObject(_));
    let is_the_key = match wiring.graph.nodes[node].kind {
        Kind::Input | Kind::Inherited => true,
        Kind::Module => false,
        _ => !is_an_interface,
    };
    is_the_key || wiring.said(node).is_some_and(|said| said.flags.is_public)
}
