//! Edges that only the types decide: what is offered for them, and the errors of those that nothing fits.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::wiring::Wiring;
use crate::check::graph::{captive, duplicate, late, missing};
use crate::graph::text::{alike, bare, is_interface, same_option};
use crate::graph::{Edge, Kind, Node, Registration, Target, Wanted};
use crate::model::listed::{Kind as Listed, Shape};
use crate::model::said::MemberKind;
use crate::spans::{Caret, at};
use crate::text::escaped;

/// An edge that only the types decide.
struct Typed<'a> {
    node: usize,
    index: usize,
    edge: &'a Edge,
    candidates: &'a [usize],
}

/// The check of each such edge, and the constant with the nodes that answer them.
pub(super) fn checks(wiring: &Wiring<'_>) -> TokenStream {
    let edges: Vec<Typed<'_>> = typed_edges(wiring).collect();
    let absent = absences(wiring);
    if edges.is_empty() && absent.is_empty() {
        return TokenStream::new();
    }
    let private = wiring.private();
    let keys = keys(&edges);
    let rules: Vec<Vec<Rule>> =
        keys.iter().enumerate().map(|(number, key)| rules_of(wiring, number_of(&keys, number), key)).collect();
    let checks = edges.iter().enumerate().map(|(number, edge)| check(wiring, &keys, &rules, number, edge));
    let rules = rules.iter().flatten().map(|rule| written(&private, rule));
    quote! {
        #[allow(unused_imports)]
        use #private::{
            CannotBeInjected as _, Fits as _, FitsInside as _, Misses as _, MissesInside as _, Then as _, Within as _,
        };
        #absent
        #(#rules)*
        #(#checks)*
    }
}

/// The first edge of each key: the error of all edges of a key stands there, in one text, so that the compiler says it once.
fn keys<'e, 'a>(edges: &'e [Typed<'a>]) -> Vec<&'e Typed<'a>> {
    let mut keys: Vec<&Typed<'a>> = Vec::new();
    for edge in edges {
        if !keys.iter().any(|known| known.asks_like(edge)) {
            keys.push(edge);
        }
    }
    keys
}

impl Typed<'_> {
    fn asks_like(&self, other: &Self) -> bool {
        self.edge.key == other.edge.key
            && self.edge.wanted == other.edge.wanted
            && same_option(self.edge.qualifier.as_deref(), other.edge.qualifier.as_deref())
    }
}

/// The nodes that answer the typed edges, for the graph, each with whether it is asked for by an interface.
pub(super) fn answers(wiring: &Wiring<'_>) -> TokenStream {
    let private = wiring.private();
    let answers = typed_edges(wiring).enumerate().map(|(number, edge)| {
        let name = format_ident!("__edge_{}", number);
        let values = edge.candidates.iter().filter(|candidate| wiring.is_plain_value(**candidate));
        quote!(#private::node(#name, &[#(#values),*]))
    });
    quote!(&[#(#answers),*])
}

fn typed_edges<'a>(wiring: &Wiring<'a>) -> impl Iterator<Item = Typed<'a>> {
    let graph = wiring.graph;
    graph.dependencies().filter_map(|found| match &found.edge.target {
        Target::Typed(_) if missing::is_listed_without_service(graph, &found.edge.key) => None,
        Target::Typed(candidates) => Some(Typed { node: found.node, index: found.index, edge: found.edge, candidates }),
        _ => None,
    })
}

/// What an answer may not be, each with what that means.
struct Rule {
    /// The trait of `di_core` for the answers that are right.
    answers: &'static str,
    /// How the compiler calls it.
    name: String,
    message: String,
}

/// The rules for the edges of one key.
fn rules_of(wiring: &Wiring<'_>, number: usize, key: &Typed<'_>) -> Vec<Rule> {
    let graph = wiring.graph;
    let (node, edge) = (key.node, key.index);
    // With a number where two keys are called alike.
    let name = |what: &str| {
        let name = in_a_name(&key.edge.key);
        if number == 0 { format!("{what}{name}") } else { format!("{what}{name}{number}") }
    };
    let rule = |answers, what: &str, message| Rule { answers, name: name(what), message };
    let mut rules = vec![
        rule("Once", "OnlyOneProvides", duplicate::several(graph, node, edge)),
        rule("Somebody", "Provides", missing::text(graph, node, edge)),
    ];
    if let Some(scope) = places(wiring, Kind::Scope, key.edge).next() {
        rules.push(rule("OutsideOfScopes", "LivesLongEnough", captive::text(graph, node, edge, scope)));
    }
    if let Some(module) = places(wiring, Kind::Module, key.edge).next() {
        rules.push(rule("OutsideOfModules", "Exports", missing::not_exported(graph, node, edge, module)));
    }
    let later = key.candidates.iter().copied().filter(|candidate| !wiring.is_before(*candidate, node));
    if let Some(provider) = late::likeliest(graph, node, later).filter(|_| !wiring.is_faulty) {
        rules.push(rule("InTime", "BuiltBefore", late::text(graph, node, edge, provider)));
    }
    rules
}

/// The scopes or modules inside of which an edge's key may be found; not those that inherit it, as they lack it, too.
fn places<'a>(wiring: &Wiring<'a>, kind: Kind, edge: &'a Edge) -> impl Iterator<Item = usize> + 'a {
    let nodes = wiring.graph.nodes.iter().enumerate();
    let is_same = |inherited: &Edge| {
        !matches!(inherited.wanted, Wanted::Many | Wanted::Factory) && alike(&inherited.key, &edge.key)
    };
    let inherits = move |node: &Node| node.edges.iter().any(is_same);
    nodes.filter(move |(_, node)| node.kind == kind && !inherits(node)).map(|(index, _)| index)
}

/// A key as part of a name: `&Settings` and `Settings` are called alike.
fn in_a_name(key: &str) -> String {
    bare(key).chars().filter(|c| c.is_alphanumeric()).collect()
}

/// How many keys before this one have its name.
fn number_of(keys: &[&Typed<'_>], number: usize) -> usize {
    let own = keys.get(number).map(|key| in_a_name(&key.edge.key));
    keys.iter().take(number).filter(|key| Some(in_a_name(&key.edge.key)) == own).count()
}

/// The trait in which a rule is written down.
fn written(private: &TokenStream, Rule { answers, name, message }: &Rule) -> TokenStream {
    let (answers, name, message) = (format_ident!("{answers}"), format_ident!("{name}"), escaped(message));
    quote! {
        #[diagnostic::on_unimplemented(message = #message)]
        trait #name: ::core::marker::Sized {
            fn checked(self) -> Self {
                self
            }
        }
        #[diagnostic::do_not_recommend]
        impl<A: #private::#answers> #name for A {}
    }
}

/// The check of one edge.
fn check(
    wiring: &Wiring<'_>,
    keys: &[&Typed<'_>],
    rules: &[Vec<Rule>],
    number: usize,
    typed: &Typed<'_>,
) -> TokenStream {
    let (private, krate) = (wiring.private(), &wiring.container.krate);
    let position = keys.iter().position(|key| key.asks_like(typed)).unwrap_or_default();
    let (Some(key), Some(rules)) = (keys.get(position), rules.get(position)) else { return TokenStream::new() };
    let Some(field) = wiring.field(key.node) else { return TokenStream::new() };
    let caret = Caret::under_type(&field.ty);
    let name = format_ident!("__edge_{}", number);
    let dependency = wiring.dependency_type(typed.node, typed.index);
    let offers = typed
        .candidates
        .iter()
        .flat_map(|candidate| wiring.offers(*candidate, !wiring.is_before(*candidate, typed.node)));
    let offers = offers.map(|offer| quote!(.then((&#offer::examined(dependency)).offer())));
    let inside = |kind: Kind, place: &'static str| {
        let private = private.clone();
        places(wiring, kind, typed.edge).map(move |node| {
            let (ty, place) = (wiring.ty(node), format_ident!("{place}"));
            quote!(.within((&#private::Inside::<_, #ty, #krate::answer::#place>::of(dependency)).offer()))
        })
    };
    let reported =
        (typed.edge.wanted == Wanted::Unknown).then(|| quote!(.within((&#private::Injected::of(dependency)).offer())));
    let (scopes, modules) = (inside(Kind::Scope, "InScope"), inside(Kind::Module, "NotExported"));
    // The variable and the calls stand at the user's tokens, and so does the error.
    let answer = Ident::new("answer", caret.first);
    let mut call = quote!(#answer);
    for Rule { name, .. } in rules {
        let name = format_ident!("{name}");
        let mut checked = at(caret.first, quote!(<_ as #name>::checked));
        checked.extend([caret.parenthesized(call)]);
        call = checked;
    }
    quote! {
        #[allow(dead_code)]
        fn #name() -> impl #private::Answered {
            let dependency = #dependency;
            let #answer = #krate::answer::Nobody #(#offers)* #(#scopes)* #(#modules)* #reported;
            #call
        }
    }
}

/// What is declared absent is absent, whatever the names are.
fn absences(wiring: &Wiring<'_>) -> TokenStream {
    let (private, krate) = (wiring.private(), &wiring.container.krate);
    let graph = wiring.graph;
    let checks = wiring.container.absent.iter().map(|interface| {
        let candidates: Vec<usize> = (0..wiring.container.fields.len())
            .filter(|node| {
                let own = &graph.nodes[*node];
                let provides = !own.interfaces.is_empty() || matches!(own.kind, Kind::Input | Kind::Inherited);
                provides
                    && own.qualifier.is_none()
                    && own.registration != Registration::GroupOnly
                    && matches!(own.kind, Kind::Singleton | Kind::Module | Kind::Input | Kind::Inherited)
                    && !own.is_many
                    && !own.is_optional
            })
            .collect();
        if candidates.is_empty() || wiring.is_faulty {
            return TokenStream::new();
        }
        let caret = Caret::under_type(interface);
        let offers = candidates.iter().flat_map(|candidate| wiring.offers(*candidate, false));
        let offers = offers.map(|offer| quote!(.then((&#offer::examined(dependency)).offer())));
        let (arc, name) = (wiring.arc(), &wiring.container.name);
        let answer = Ident::new("answer", caret.first);
        let mut call = at(caret.first, quote!(<_ as #krate::answer::AbsentIn<#name, #interface>>::checked));
        call.extend([caret.parenthesized(quote!(#answer))]);
        quote! {
            const _: () = {
                #[allow(unused_imports)]
                use #private::{Fits as _, Misses as _, Then as _};
                #[allow(dead_code)]
                fn check() {
                    let dependency = #private::Dependency::<#arc<#interface>>::new();
                    let #answer = #krate::answer::Nobody #(#offers)*;
                    #call
                }
            };
        }
    });
    checks.collect()
}

impl Wiring<'_> {
    /// The type of one dependency, as a value: only inference knows it.
    pub(super) fn dependency_type(&self, node: usize, edge: usize) -> TokenStream {
        let private = self.private();
        let Some(said) = self.said(node) else { return quote!(#private::Dependency::<()>::new()) };
        let is_given = |kind: MemberKind| match kind {
            MemberKind::Injected(_) => true,
            MemberKind::Arg | MemberKind::Key => !said.flags.is_container,
            MemberKind::Part | MemberKind::Inner => false,
        };
        let given: Vec<MemberKind> =
            said.members.iter().map(|member| member.kind).filter(|kind| is_given(*kind)).collect();
        let mut injected = given
            .iter()
            .enumerate()
            .filter(|(_, kind)| matches!(kind, MemberKind::Injected(_)))
            .map(|(index, _)| index);
        let position = injected.nth(edge).unwrap_or_default();
        let params: Vec<_> = (0..given.len()).map(|index| format_ident!("D{}", index)).collect();
        let own = format_ident!("D{}", position);
        let dependencies = match (said.flags.is_container, said.flags.is_async, said.flags.is_fallible) {
            (true, ..) => quote!(assemble_dependencies),
            (false, false, false) => quote!(dependencies),
            (false, false, true) => quote!(try_dependencies),
            (false, true, false) => quote!(async_dependencies),
            (false, true, true) => quote!(try_async_dependencies),
        };
        let ty = self.ty(node);
        quote! {{
            const fn dependency<#(#params),*>(
                _: ::core::marker::PhantomData<fn() -> (#(#params,)*)>,
            ) -> #private::Dependency<#own> {
                #private::Dependency::new()
            }
            dependency(#private::#dependencies::<#ty, _>())
        }}
    }

    /// Whether a node is supplied from outside, and not under an interface.
    fn is_plain_value(&self, node: usize) -> bool {
        self.graph
            .nodes
            .get(node)
            .is_some_and(|own| matches!(own.kind, Kind::Input | Kind::Inherited) && !is_interface(&own.service))
    }

    /// The types of all offers of a node.
    pub(super) fn offers(&self, node: usize, is_late: bool) -> Vec<TokenStream> {
        let mut offers = vec![self.offer(node, is_late)];
        // What is supplied may be an `Arc` under an alias: then it is offered as it is.
        if self.is_value(node)
            && let Some(field) = self.field(node)
        {
            let (private, ty) = (self.private(), &field.ty);
            offers.push(quote!(#private::Given::<_, #ty, #node, #is_late>));
        }
        offers
    }

    /// The type of an offer of a node.
    fn offer(&self, node: usize, is_late: bool) -> TokenStream {
        let private = self.private();
        let Some(field) = self.field(node) else { return quote!(#private::Offer::<_, (), (), 0, false>) };
        let ty = &field.ty;
        let (service, view) = match field.kind {
            Listed::Input | Listed::Inherit => match field.shape() {
                Shape::Arc(key) | Shape::Optional(key) | Shape::Many(key) => (quote!(#key), quote!(ByItself)),
                Shape::Value => (quote!(#ty), quote!(ByItself)),
            },
            Listed::Module => return quote!(#private::Exported::<_, #ty, #node, #is_late>),
            _ => (
                quote!(#ty),
                match self.graph.nodes[node].registration {
                    Registration::Interface => quote!(ByInterface),
                    Registration::Concrete => quote!(ByItself),
                    Registration::Dual | Registration::GroupOnly => quote!(Wiring),
                },
            ),
        };
        quote!(#private::Offer::<_, #service, #private::#view, #node, #is_late>)
    }
}
