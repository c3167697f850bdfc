//! The build in which nothing is awaited: one straight body.

use proc_macro::{Delimiter, Ident, Literal, Span};
use proc_macro2::TokenStream;
use quote::quote;

use super::supply::{Body, Supply};
use super::wiring::Wiring;
use crate::graph::Kind;
use crate::spans::Caret;
use crate::trees::{Trees, group, sign, trees};

impl Wiring<'_> {
    /// The container's struct, with the kept fields.
    pub(super) fn complete(&self) -> Trees {
        let kept = (0..self.graph.nodes.len()).filter(|node| self.graph.nodes[*node].is_kept());
        let fields = kept.flat_map(|node| [self.local(node), sign(',')]).collect();
        let mut complete = trees(quote!(Self));
        complete.push(group(Delimiter::Brace, fields));
        complete
    }

    /// The build in which nothing is awaited.
    pub(super) fn at_once(&self) -> Trees {
        let mut supply = Supply::new(self, Body::Build);
        let mut steps = Trees::new();
        for node in &self.graph.order {
            steps.append(&mut self.step(&mut supply, *node));
        }
        let (empty, filled) = self.lazies(&supply);
        let mut complete = self.complete();
        if self.mode.is_fallible {
            complete = self.templates.ok.fill(Span::call_site(), [complete]);
        }
        let mut body = trees(empty);
        body.append(&mut steps);
        body.append(&mut trees(filled));
        body.append(&mut complete);
        body
    }

    /// The cells of what is deferred, and how they are filled.
    pub(super) fn lazies(&self, supply: &Supply<'_>) -> (TokenStream, TokenStream) {
        let krate = &self.container.krate;
        let private = self.private();
        let names = supply.lazies.iter().map(|(name, _)| name);
        let filled = supply.lazies.iter().map(|(name, node)| {
            let own = self.name(*node);
            match self.graph.nodes[*node].kind {
                Kind::Module => quote!(#private::fill_part(&#name, &#own);),
                _ => quote!(#private::fill(&#name, &#own);),
            }
        });
        (quote!(#(let #names = #krate::dependency::Lazy::empty();)*), quote!(#(#filled)*))
    }

    /// The statement that makes a node.
    pub(super) fn step(&self, supply: &mut Supply<'_>, node: usize) -> Trees {
        let local = || vec![self.local(node)];
        supply.stand_at(node);
        match self.graph.nodes[node].kind {
            Kind::Singleton => {
                let made = self.made_at_once(supply, node);
                self.templates.shared.fill(supply.span(), [local(), made])
            }
            Kind::Module => {
                let built = self.module_at_once(supply, node);
                self.templates.local.fill(supply.span(), [local(), built])
            }
            Kind::Input if self.is_value(node) => self.templates.shared.fill(supply.span(), [local(), local()]),
            Kind::Group => {
                let group = trees(self.group(supply, node));
                self.templates.local.fill(Span::call_site(), [local(), group])
            }
            _ => Trees::new(),
        }
    }

    /// A service whose constructor is sync.
    pub(super) fn made_at_once(&self, supply: &mut Supply<'_>, node: usize) -> Trees {
        let (ty, span) = (self.trees_of_type(node), supply.span());
        let dependencies = supply.dependencies(node);
        if self.graph.nodes[node].is_fallible {
            let made = self.templates.try_construct.fill(span, [ty, dependencies]);
            let made = self.observed(supply, node, made);
            self.templates.failed.fill(span, [made, number(node)])
        } else {
            self.observed(supply, node, self.templates.construct.fill(span, [ty, dependencies]))
        }
    }

    /// A constructor that is seen while it runs, where the feature for that is on.
    fn observed(&self, supply: &Supply<'_>, node: usize, constructor: Trees) -> Trees {
        if !cfg!(feature = "lifecycle") {
            return constructor;
        }
        let private = self.private();
        let (container, field, service) = self.names_of(node);
        let constructing = match supply.body() {
            Body::AsyncBuild if !self.is_late(node) => quote!(__build.constructing),
            _ => quote!(#private::constructing),
        };
        let names = [container, field, service].map(|name| vec![Literal::string(name).into()]);
        let [container, field, service] = names;
        let place = Span::call_site();
        self.templates.observed.fill(place, [trees(constructing), container, field, service, constructor])
    }

    /// A module, in the mode that it declares.
    pub(super) fn module(&self, supply: &mut Supply<'_>, node: usize) -> Trees {
        let ty = || self.trees_of_type(node);
        let place = supply.place_of_errors();
        let mode = Ident::new(self.graph.nodes[node].mode().type_name(), place);
        let mut said = self.templates.said.fill(place, [ty(), vec![mode.into()], ty()]);
        if let (Some(last), Some(field)) = (said.last_mut(), self.field(node)) {
            last.set_span(Caret::under_type(&field.ty).last.unwrap());
        }
        let dependencies = supply.dependencies(node);
        self.templates.assemble.fill(supply.span(), [said, ty(), dependencies])
    }

    /// A module that is built at once.
    pub(super) fn module_at_once(&self, supply: &mut Supply<'_>, node: usize) -> Trees {
        let built = self.module(supply, node);
        let built = self.observed(supply, node, built);
        if self.graph.nodes[node].is_fallible {
            self.templates.module_failed.fill(supply.span(), [built, number(node)])
        } else {
            built
        }
    }
}

/// The number of a node, as it is written.
fn number(node: usize) -> Trees {
    vec![Literal::usize_suffixed(node).into()]
}
