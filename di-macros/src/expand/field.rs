//! What the hidden macro of a service leads to: the bindings, the node and the checks of one field of a container.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::parse::{ParseStream, Parser};
use syn::{braced, parse::Parse};

use super::container::text_option;
use crate::model::container::{Kind, Registration};
use crate::model::field::{Counts, Spec};
use crate::spans::Caret;
use crate::text::text;

/// Expands the call.
pub(crate) fn field(input: TokenStream) -> TokenStream {
    let parser = |input: ParseStream<'_>| {
        let content;
        braced!(content in input);
        let counts = if content.is_empty() { None } else { Some(Counts::parse(&content)?) };
        Ok((counts, Spec::parse(input)?))
    };
    match parser.parse2(input) {
        Ok((Some(counts), spec)) => Writer::new(&spec).service(&counts),
        Ok((None, spec)) => Writer::new(&spec).no_service(),
        Err(error) => error.to_compile_error(),
    }
}

/// Writes one field, with all carets under its type.
struct Writer<'a> {
    spec: &'a Spec,
    caret: Caret,
    private: TokenStream,
    /// `impl`, where the user's type begins.
    head: TokenStream,
    /// The container's name, where the user's type ends.
    app: Ident,
}

impl<'a> Writer<'a> {
    fn new(spec: &'a Spec) -> Self {
        let caret = Caret::under(&spec.ty);
        let krate = &spec.krate;
        Self {
            spec,
            caret,
            private: quote!(#krate::__private),
            head: quote_spanned!(caret.first=> impl),
            app: Ident::new(&spec.container.to_string(), caret.last),
        }
    }

    fn service(&self, counts: &Counts) -> TokenStream {
        let bindings = self.bindings(counts);
        let node = self.node(counts.needs);
        let checks = (0..counts.needs).map(|edge| self.edge_check(edge));
        let key = (counts.key && self.spec.kind == Kind::Service).then(|| self.check(quote!(has_key), &[]));
        let args = self.unfilled_args(counts);
        quote! {
            #bindings
            #node
            #(#checks)*
            #key
            #args
        }
    }

    fn bindings(&self, counts: &Counts) -> TokenStream {
        let registration = self.spec.registration;
        let mut bindings = TokenStream::new();
        match self.spec.kind {
            Kind::Service | Kind::Input | Kind::Inherit => {
                if registration.concrete() {
                    bindings.extend(self.keeps());
                }
                if registration.interface() && !(self.spec.repeats && registration.concrete()) {
                    bindings.extend((0..counts.interfaces).map(|slot| self.interface(slot)));
                }
            }
            Kind::Module => {
                if registration != Registration::GroupOnly {
                    bindings.extend((0..counts.interfaces).map(|slot| self.interface(slot)));
                }
            }
            Kind::Transient => {
                bindings.extend(self.makes());
                if counts.at_once && counts.args.is_empty() {
                    if registration.concrete() {
                        bindings.extend(self.transient());
                    }
                    if registration.interface() {
                        bindings.extend((0..counts.interfaces).map(|slot| self.transient_interface(slot)));
                    }
                }
            }
            Kind::Scope => bindings.extend(self.makes()),
        }
        bindings
    }

    fn qualifier(&self) -> TokenStream {
        self.spec.qualifier.as_ref().map(|qualifier| quote!(, #qualifier)).unwrap_or_default()
    }

    /// The concrete key.
    fn keeps(&self) -> TokenStream {
        let Self { private, head, app, spec, .. } = self;
        let Spec { index, name, ty, .. } = spec;
        let qualifier = self.qualifier();
        quote! {
            #head #private::Keeps<#ty #qualifier> for #app {
                const INDEX: usize = #index;

                #[inline(always)]
                fn cell<__S: #private::State>(slots: &Self::Slots<__S>) -> &__S::Cell<#private::Arc<#ty>> {
                    &slots.#name
                }
            }
        }
    }

    /// One interface of a service or a module.
    fn interface(&self, slot: usize) -> TokenStream {
        let Self { private, head, app, spec, .. } = self;
        let Spec { index, name, ty, krate, .. } = spec;
        let qualifier = self.qualifier();
        let slot = quote!(<#ty as #private::Slot<#slot, #app>>);
        quote! {
            #head #krate::Provides<#slot::Interface #qualifier> for #app {
                const INDEX: usize = #index;
                type Source = #private::Arc<#slot::Interface>;

                #[inline(always)]
                fn source<__S: #private::State>(slots: &Self::Slots<__S>) -> Self::Source {
                    #slot::share(__S::read::<#slot::Holder>(&slots.#name))
                }

                #[inline(always)]
                fn borrow(slots: &Self::Slots<#private::Ready>) -> &#slot::Interface {
                    #slot::lend(&slots.#name)
                }
            }
        }
    }

    /// What a factory makes.
    fn makes(&self) -> TokenStream {
        let Self { private, head, app, spec, .. } = self;
        let Spec { index, ty, .. } = spec;
        quote! {
            #head #private::Makes<#ty> for #app {
                const INDEX: usize = #index;
            }
        }
    }

    /// The concrete key of a transient: it answers where its own dependencies are answered.
    fn transient(&self) -> TokenStream {
        let Self { private, head, app, spec, .. } = self;
        let Spec { index, ty, krate, .. } = spec;
        let qualifier = self.qualifier();
        let source = quote!(#private::New<#ty, __D::Source>);
        quote! {
            #head<__D> #krate::Provides<#ty #qualifier> for #app
            where
                #ty: #krate::Service<Deps = __D>,
                __D: #private::Dependency<#app>,
            {
                const INDEX: usize = #index;
                type Source = #source;

                #[inline]
                fn source<__S: #private::State>(slots: &Self::Slots<__S>) -> Self::Source {
                    #private::New::from_parts(__D::source::<__S>(slots))
                }

                #[inline]
                fn borrow(_: &Self::Slots<#private::Ready>) {}
            }
        }
    }

    /// One interface of a transient.
    fn transient_interface(&self, slot: usize) -> TokenStream {
        let Self { private, head, app, spec, .. } = self;
        let Spec { index, ty, krate, .. } = spec;
        let qualifier = self.qualifier();
        quote! {
            #head<__D> #krate::Provides<<#ty as #private::Slot<#slot, #app>>::Interface #qualifier> for #app
            where
                #ty: #krate::Service<Deps = __D>,
                __D: #private::Dependency<#app>,
            {
                const INDEX: usize = #index;
                type Source = #private::NewAs<#ty, __D::Source, #app, #slot>;

                #[inline]
                fn source<__S: #private::State>(slots: &Self::Slots<__S>) -> Self::Source {
                    #private::NewAs::from_parts(__D::source::<__S>(slots))
                }

                #[inline]
                fn borrow(_: &Self::Slots<#private::Ready>) {}
            }
        }
    }

    fn node(&self, needs: usize) -> TokenStream {
        let Self { private, spec, .. } = self;
        let Spec { index, ty, krate, container, entry, .. } = spec;
        let field = crate::model::service::plain(&spec.name);
        let service = text(ty);
        let graph = quote!(#krate::graph);
        let kind = match spec.kind {
            Kind::Module => quote!(Module(&<#ty as #krate::Container>::GRAPH)),
            Kind::Scope => quote!(Scope(&<#ty as #krate::Container>::GRAPH)),
            Kind::Transient => quote!(Transient),
            Kind::Service | Kind::Input | Kind::Inherit => quote!(Singleton),
        };
        let registration = match spec.registration {
            Registration::Dual => quote!(Dual),
            Registration::Interface => quote!(Interface),
            Registration::Concrete => quote!(Concrete),
            Registration::GroupOnly => quote!(GroupOnly),
        };
        let mut list = quote!(<#ty as #krate::Service>::Deps);
        let edges: Vec<_> = (0..needs)
            .map(|edge| {
                let dependency = quote!(<#list as #private::List>::Head);
                list = quote!(<#list as #private::List>::Tail);
                quote! {
                    #private::Edge::new(
                        &<#ty as #krate::Service>::MEMBERS[#edge],
                        #private::Probe::<#container, #dependency>::TARGET,
                    )
                }
            })
            .collect();
        let (qualifier, group, key) =
            (text_option(spec.qualifier.as_ref().map(text)), text_option(spec.group.clone()), text_option(spec.key.clone()));
        quote! {
            impl #private::Field<#index> for #container {
                const NODE: #graph::Node = {
                    #[allow(unused_imports)]
                    use #private::Unanswered as _;
                    #graph::Node {
                        field: #field,
                        service: #service,
                        kind: #graph::Kind::#kind,
                        registration: #graph::Registration::#registration,
                        interfaces: <#ty as #krate::Service>::INTERFACES,
                        qualifier: #qualifier,
                        group: #group,
                        key: #key,
                        edges: &[#(#edges),*],
                        is_async: <<#ty as #krate::Service>::Mode as #krate::Moded>::ASYNC,
                        is_fallible: <<#ty as #krate::Service>::Mode as #krate::Moded>::FALLIBLE,
                        entry: #entry,
                    }
                };
            }
        }
    }

    fn edge_check(&self, edge: usize) -> TokenStream {
        let nodes = self.spec.nodes;
        let Self { private, spec, .. } = self;
        let container = &spec.container;
        let rule = quote!(edge::<#nodes>);
        self.check(rule, &[quote!(<#container as #private::Assemble>::CYCLIC), quote!(), quote!(#edge)])
    }

    /// A constant that calls a rule, with the caret under the field's type.
    fn check(&self, rule: TokenStream, extra: &[TokenStream]) -> TokenStream {
        let Self { private, spec, caret, .. } = self;
        let Spec { index, container, krate, .. } = spec;
        let mut args = quote!(&<#container as #krate::Container>::GRAPH);
        for argument in extra {
            if argument.is_empty() {
                args.extend(quote!(, #index));
            } else {
                args.extend(quote!(, #argument));
            }
        }
        if extra.is_empty() {
            args.extend(quote!(, #index));
        }
        let path = crate::spans::at(caret.first, quote!(#private::check::#rule));
        let call = caret.call(args);
        quote!(const _: () = #path #call;)
    }

    /// A singleton or a module has nobody who gives it arguments.
    fn unfilled_args(&self, counts: &Counts) -> Option<TokenStream> {
        if counts.args.is_empty() || matches!(self.spec.kind, Kind::Transient | Kind::Scope) {
            return None;
        }
        let Spec { ty, container, name, .. } = self.spec;
        let ty_text = text(ty);
        let args = counts.args.iter().map(|arg| format!("`{arg}`")).collect::<Vec<_>>().join(", ");
        let (what, help) = if self.spec.kind == Kind::Module {
            (
                "a module's inputs",
                format!(
                    "write `#[inherit]` instead of `#[input]` in `{ty_text}`, and supply them in `{container}`\n  help: or make it `#[scope] {name}: {ty_text}`, and call `.{name}({ty_text}Inputs {{ .. }})`"
                ),
            )
        } else {
            (
                "its arguments",
                format!("write `#[transient] {name}: {ty_text}`, and make it with `Factory<{ty_text}, (..)>`"),
            )
        };
        let message = format!(
            "[DI0001] nothing in `{container}` gives `{ty_text}` {what}: {args}\n\n  help: {help}\n  see docs/diagnostics/DI0001.md"
        );
        Some(syn::Error::new_spanned(ty, message).to_compile_error())
    }

    /// The type has no hidden macro: it is not a service (DI0005), or it is one under an alias.
    fn no_service(&self) -> TokenStream {
        let Self { private, spec, caret, .. } = self;
        let Spec { index, ty, krate, container, name, .. } = spec;
        let (field, service) = (crate::model::service::plain(name), text(ty));
        let message = format!(
            "[DI0005] `{service}` is not a service\n\n    `{container}` lists it as `{field}`\n\n  help: annotate it: `#[service] struct {service}`, or `#[service] impl {service}` with a `#[constructor]`\n  help: or let the caller supply it: `#[input] {field}: {service}`\n  see docs/diagnostics/DI0005.md"
        );
        let alias = format!(
            "[DI0005] `{service}` is a service under another name, which hides what the macros know of it\n\n    `{container}` lists it as `{field}`\n\n  help: write the type's own name, or rename it with `use path::Service as {service}` instead of `type`\n  help: an `#[service] impl` stands in the module that declares the type\n  see docs/diagnostics/DI0005.md"
        );
        let path = crate::spans::at(caret.first, quote!(#private::check::not_a_service));
        let call = caret.call(quote!(#private::ServiceProbe::<#ty>::IS_SERVICE, #message, #alias));
        let keeps = (spec.kind == Kind::Service).then(|| self.keeps());
        let makes = matches!(spec.kind, Kind::Transient | Kind::Scope).then(|| self.makes());
        let _ = format_ident!("unused");
        quote! {
            #[allow(unused_imports)]
            use #private::NoService as _;
            #keeps
            #makes
            const _: () = #path #call;

            impl #private::Field<#index> for #container {
                const NODE: #krate::graph::Node = #krate::graph::Node {
                    field: #field,
                    service: #service,
                    ..#krate::graph::Node::EMPTY
                };
            }
        }
    }
}
