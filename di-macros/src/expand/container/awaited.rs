//! The build in which constructors are awaited: each begins as soon as all that it needs is there.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use super::supply::{Body, Supply};
use super::wiring::Wiring;
use crate::graph::{Kind, Target};
use crate::trees::stream;

impl Wiring<'_> {
    /// The build in which constructors are awaited; a future of a `Result`.
    pub(super) fn awaited(&self) -> TokenStream {
        let private = self.private();
        let mut supply = Supply::new(self, Body::AsyncBuild);
        let (mut early, mut pending, mut rounds, mut taken) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for &node in &self.graph.order {
            let own = &self.graph.nodes[node];
            if !own.is_kept() {
                continue;
            }
            let name = self.name(node);
            if !self.is_late(node) {
                early.push(stream(self.step(&mut supply, node)));
                if own.kind == Kind::Singleton || own.kind == Kind::Input && self.is_value(node) {
                    early.push(quote!(__build.created(&#name);));
                }
                continue;
            }
            if own.kind == Kind::Group {
                let due = self.due(node);
                let group = self.group(&mut supply, node);
                pending.push(quote!(let mut #name = ::core::option::Option::None;));
                rounds.push(quote!(if #name.is_none() #due { #name = ::core::option::Option::Some(#group); }));
                taken.push(quote!(let #name = #private::made(#name);));
                continue;
            }
            let ty = self.ty(node);
            pending.push(quote!(let mut #name = #private::Pending::<#ty>::Waiting;));
            rounds.push(self.round(&mut supply, node));
            taken.push(match own.kind {
                Kind::Module => quote!(let #name = #name.take_inline();),
                _ => quote!(let #name = #name.take();),
            });
        }
        let (empty, filled) = self.lazies(&supply);
        let complete = stream(self.complete());
        quote! {{
            let __build = <#private::ConcurrentBuild as ::core::default::Default>::default();
            async move {
                let mut __build = __build;
                #empty
                #(#early)*
                #(#pending)*
                ::core::future::poll_fn(|context| {
                    __build.poll(context, |__build| {
                        #(#rounds)*
                        ::core::result::Result::Ok(())
                    })
                })
                .await?;
                __build.complete();
                #(#taken)*
                #filled
                ::core::result::Result::Ok::<Self, #private::BuildError>(#complete)
            }
        }}
    }

    /// What one round of an async build does for a node.
    fn round(&self, supply: &mut Supply<'_>, node: usize) -> TokenStream {
        let (name, ty, span, private) = (self.name(node), self.ty(node), self.span(node), self.private());
        let own = &self.graph.nodes[node];
        supply.stand_at(node);
        let due = self.due(node);
        let (container, field, service) = self.names_of(node);
        let begin = match (own.kind, own.is_async, own.is_fallible) {
            (Kind::Module, false, _) => {
                let built = stream(self.module_at_once(supply, node));
                quote!(#name.fill(__build, #built);)
            }
            (Kind::Module, true, is_fallible) => {
                let built = stream(self.module(supply, node));
                let run = if is_fallible { quote!(run_fallible_module) } else { quote!(run_infallible) };
                quote!(#name.#run(#container, #field, #service, || #built);)
            }
            (_, false, _) => {
                let made = stream(self.made_at_once(supply, node));
                quote!(#name.fill(__build, #made);)
            }
            (_, true, false) => {
                let dependencies = stream(supply.dependencies(node));
                let made = quote_spanned!(span=> <#ty as #private::ConstructAsync<_>>::construct(#dependencies));
                quote!(#name.run_infallible(#container, #field, #service, || #made);)
            }
            (_, true, true) => {
                let dependencies = stream(supply.dependencies(node));
                let made = quote_spanned!(span=> <#ty as #private::TryConstructAsync<_>>::construct(#dependencies));
                quote!(#name.run(#container, #field, #service, || #made);)
            }
        };
        quote! {
            if #name.is_waiting() #due { #begin }
            #name.poll(__build).map_err(#private::failed::<Self>(#node))?;
        }
    }

    /// That all that a node needs is there.
    fn due(&self, node: usize) -> TokenStream {
        let mut needs = Vec::new();
        self.collect_late(node, &mut needs, &mut Vec::new());
        let conditions = needs.into_iter().map(|need| {
            let name = self.name(need);
            match self.graph.nodes[need].kind {
                Kind::Group => quote!(&& #name.is_some()),
                _ => quote!(&& #name.is_done()),
            }
        });
        quote!(#(#conditions)*)
    }

    /// What must be there before a node is made, also for the transients that it needs.
    fn collect_late(&self, node: usize, needs: &mut Vec<usize>, seen: &mut Vec<usize>) {
        if seen.contains(&node) {
            return;
        }
        seen.push(node);
        for edge in &self.graph.nodes[node].edges {
            let targets: &[usize] = match &edge.target {
                Target::Node(target) => std::slice::from_ref(target),
                Target::Typed(candidates) => candidates,
                Target::Deferred(_) | Target::Absent | Target::Missing => &[],
            };
            for &target in targets {
                if !self.graph.nodes[target].is_kept() {
                    self.collect_late(target, needs, seen);
                } else if self.is_late(target) && self.is_before(target, node) && !needs.contains(&target) {
                    needs.push(target);
                }
            }
        }
    }
}
