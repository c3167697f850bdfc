//! Edges that only the types decide: what is offered for them, and the errors of those that nothing fits.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::wiring::Wiring;
use crate::check::graph::{captive, duplicate, late, missing};
use crate::graph::text::same_option;
use crate::graph::{Edge, Kind, Registration, Target};
use crate::model::listed::{Kind as Listed, Shape};
use crate::model::said::MemberKind;
use crate::spans::{Caret, at};
use crate::text::text;

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
    let checks = edges.iter().enumerate().map(|(number, edge)| check(wiring, &edges, number, edge));
    quote! {
        #[allow(unused_imports)]
        use #private::{Fits as _, FitsInside as _, Misses as _, MissesInside as _, Then as _, Within as _};
        #absent
        #(#checks)*
    }
}

/// The nodes that answer the typed edges, for the graph.
pub(super) fn answers(wiring: &Wiring<'_>) -> TokenStream {
    let private = wiring.private();
    let answers = typed_edges(wiring).enumerate().map(|(number, _)| {
        let name = format_ident!("__edge_{}", number);
        quote!(#private::node(#name))
    });
    quote!(&[#(#answers),*])
}

fn typed_edges<'a>(wiring: &Wiring<'a>) -> impl Iterator<Item = Typed<'a>> {
    wiring.graph.dependencies().filter_map(|found| match &found.edge.target {
        Target::Typed(candidates) => {
            Some(Typed { node: found.node, index: found.index, edge: found.edge, candidates })
        }
        _ => None,
    })
}

/// The check of one edge. All edges of one key have their error at one place, in one text: the compiler says it once.
fn check(wiring: &Wiring<'_>, edges: &[Typed<'_>], number: usize, typed: &Typed<'_>) -> TokenStream {
    let private = wiring.private();
    let graph = wiring.graph;
    let is_same = |other: &&Typed<'_>| {
        other.edge.key == typed.edge.key
            && other.edge.wanted == typed.edge.wanted
            && same_option(other.edge.qualifier.as_deref(), typed.edge.qualifier.as_deref())
    };
    let first = edges.iter().find(is_same).unwrap_or(typed);
    let Some(field) = wiring.field(first.node) else { return TokenStream::new() };
    let caret = Caret::under(&field.ty).of_ours();
    let name = format_ident!("__edge_{}", number);
    let dependency = wiring.dependency_type(typed.node, typed.index);
    let offers = typed.candidates.iter().map(|candidate| {
        let is_late = wiring.is_before(typed.node, *candidate);
        let offer = wiring.offer(*candidate, is_late);
        quote!(.then((&#offer::examined(dependency)).offer()))
    });
    let containers = |kind: Kind| {
        graph.nodes.iter().enumerate().filter(move |(_, node)| node.kind == kind).map(|(index, _)| index)
    };
    let inside = |kind: Kind, marker: TokenStream| {
        let private = private.clone();
        containers(kind).map(move |node| {
            let ty = wiring.ty(node);
            quote!(.within((&#private::Inside::<_, #ty, #private::#marker>::of(dependency)).offer()))
        })
    };
    let scopes = inside(Kind::Scope, quote!(InScope));
    let modules = inside(Kind::Module, quote!(NotExported));
    let (node, edge) = (first.node, first.index);
    let mut rules = vec![
        ("Once", duplicate::several(graph, node, edge), "several answer"),
        ("Somebody", missing::text(graph, node, edge), "needs what nothing provides"),
    ];
    if let Some(scope) = containers(Kind::Scope).next() {
        rules.push(("OutsideOfScopes", captive::text(graph, node, edge, scope), "outlives what it needs"));
    }
    if let Some(module) = containers(Kind::Module).next() {
        rules.push(("OutsideOfModules", missing::not_exported(graph, node, edge, module), "needs what nothing exports"));
    }
    let later = typed.candidates.iter().copied().find(|candidate| wiring.is_before(typed.node, *candidate));
    if let Some(provider) = later.filter(|_| !wiring.is_faulty) {
        rules.push(("InTime", late::text(graph, typed.node, typed.index, provider), "needs what is built later"));
    }
    let answer = quote!(#private::Nobody #(#offers)* #(#scopes)* #(#modules)*);
    let mut traits = TokenStream::new();
    let mut call = at(caret.first, quote!(answer));
    for (rule, message, label) in rules {
        let rule = format_ident!("{rule}");
        let message = escaped(&message);
        traits.extend(quote! {
            #[diagnostic::on_unimplemented(message = #message, label = #label)]
            trait #rule: ::core::marker::Sized {
                fn checked(self) -> Self {
                    self
                }
            }
            #[diagnostic::do_not_recommend]
            impl<A: #private::#rule> #rule for A {}
        });
        call = caret.spread(quote!(<_ as #rule>::checked(#call)));
    }
    quote! {
        #[allow(dead_code)]
        fn #name() -> impl #private::Answered {
            #traits
            let dependency = #dependency;
            let answer = #answer;
            #call
        }
    }
}

/// What is declared absent is absent, whatever the names are.
fn absences(wiring: &Wiring<'_>) -> TokenStream {
    let private = wiring.private();
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
                    && !wiring.is_group(*node)
                    && !wiring.is_optional(*node)
            })
            .collect();
        if candidates.is_empty() || wiring.is_faulty {
            return TokenStream::new();
        }
        let caret = Caret::under(interface).of_ours();
        let offers = candidates.iter().map(|candidate| {
            let offer = wiring.offer(*candidate, false);
            quote!(.then((&#offer::examined(dependency)).offer()))
        });
        let (arc, name) = (wiring.arc(), &wiring.container.name);
        let call = caret.spread(quote!(<_ as #private::AbsentIn<#name, #interface>>::checked(answer)));
        quote! {
            const _: () = {
                #[allow(unused_imports)]
                use #private::{Fits as _, Misses as _, Then as _};
                #[allow(dead_code)]
                fn check() {
                    let dependency = #private::Dependency::<#arc<#interface>>::new();
                    let answer = #private::Nobody #(#offers)*;
                    #call
                }
            };
        }
    });
    checks.collect()
}

/// A text in which no brace stands for an argument.
pub(super) fn escaped(text: &str) -> String {
    text.replace('{', "{{").replace('}', "}}")
}

impl Wiring<'_> {
    /// The type of one dependency, as a value: only inference knows it.
    pub(super) fn dependency_type(&self, node: usize, edge: usize) -> TokenStream {
        let private = self.private();
        let Some(said) = self.said(node) else { return quote!(#private::Dependency::<()>::new()) };
        let is_given = |kind: MemberKind| match kind {
            MemberKind::Injected(_) => true,
            MemberKind::Arg | MemberKind::Key => !said.flags.is_container,
            MemberKind::Part => false,
        };
        let given: Vec<MemberKind> = said.members.iter().map(|member| member.kind).filter(|kind| is_given(*kind)).collect();
        let mut injected =
            given.iter().enumerate().filter(|(_, kind)| matches!(kind, MemberKind::Injected(_))).map(|(index, _)| index);
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

    /// The type of an offer of a node.
    pub(super) fn offer(&self, node: usize, is_late: bool) -> TokenStream {
        let private = self.private();
        let Some(field) = self.field(node) else { return quote!(#private::Offer::<_, (), (), 0, false>) };
        let ty = &field.ty;
        let (service, view) = match field.kind {
            Listed::Input | Listed::Inherit => match field.shape() {
                Shape::Arc(key) | Shape::Optional(key) | Shape::Many(key) => (quote!(#key), quote!(ByItself)),
                Shape::Value => (quote!(#ty), quote!(ByItself)),
            },
            Listed::Module => (quote!(#ty), quote!(ByInterface)),
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
