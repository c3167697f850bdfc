//! What the hidden macro of a service leads to: the bindings, the node and the checks of one field of a container.

mod bindings;

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::parse::{ParseStream, Parser};
use syn::{braced, parse::Parse};

pub(super) use bindings::{keeps, under_type};

use super::container::is_built_in;
use super::text_option;
use crate::model::field::{Counts, Spec};
use crate::model::listed::{Kind, Registration};
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
            app: Ident::new(&spec.container.to_string(), caret.last),
        }
    }

    fn service(&self, counts: &Counts) -> TokenStream {
        let bindings = self.bindings(counts);
        let node = self.node(counts);
        let check = (counts.needs > 0).then(|| self.edges_check());
        let Spec { index, container, .. } = self.spec;
        let key = (counts.key && self.spec.kind == Kind::Service)
            .then(|| self.check(quote!(has_key::<#container>), quote!(#index)));
        let args = self.unfilled_args(counts);
        quote! {
            #bindings
            #node
            #check
            #key
            #args
        }
    }

    fn node(&self, counts: &Counts) -> TokenStream {
        let Self { private, spec, .. } = self;
        let Spec { index, ty, krate, container, .. } = spec;
        let field = crate::model::service::plain(&spec.name);
        let service = text(ty);
        let edges = self.edges(counts);
        let mut node = quote!(#private::node::<#ty>(#field, #service, #edges));
        let said = self.said();
        if !said.is_empty() {
            node = quote!(#krate::graph::Node { #said ..#node });
        }
        let make = self.make();
        quote! {
            impl #private::Field<#index> for #container {
                const NODE: #krate::graph::Node = #node;

                #make
            }
        }
    }

    /// What the container says of the field beyond its type.
    fn said(&self) -> TokenStream {
        let Spec { ty, krate, entry, .. } = self.spec;
        let graph = quote!(#krate::graph);
        let kind = match self.spec.kind {
            Kind::Module => Some(quote!(Module(&<#ty as #krate::Container>::GRAPH))),
            Kind::Scope => Some(quote!(Scope(&<#ty as #krate::Container>::GRAPH))),
            Kind::Transient => Some(quote!(Transient)),
            Kind::Service | Kind::Input | Kind::Inherit => None,
        };
        let registration = match self.spec.registration {
            Registration::Dual => None,
            Registration::Interface => Some(quote!(Interface)),
            Registration::Concrete => Some(quote!(Concrete)),
            Registration::GroupOnly => Some(quote!(GroupOnly)),
        };
        let texts = [
            ("qualifier", self.spec.qualifier.as_ref().map(text)),
            ("group", self.spec.group.clone()),
            ("key", self.spec.key.clone()),
        ];
        let mut said = TokenStream::new();
        said.extend(kind.map(|kind| quote!(kind: #graph::Kind::#kind,)));
        said.extend(registration.map(|registration| quote!(registration: #graph::Registration::#registration,)));
        for (name, text) in texts {
            let name = Ident::new(name, Span::call_site());
            said.extend(text.map(|text| quote!(#name: ::core::option::Option::Some(#text),)));
        }
        said.extend(entry.then(|| quote!(entry: true,)));
        said
    }

    /// What answers each dependency, asked at once for all.
    fn edges(&self, counts: &Counts) -> TokenStream {
        let Self { private, spec, .. } = self;
        let Spec { ty, krate, container, .. } = spec;
        if counts.needs == 0 {
            return quote!(&[]);
        }
        let mut list = quote!(<#ty as #krate::Service>::Deps);
        let targets: Vec<_> = (0..counts.needs)
            .map(|_| {
                let dependency = quote!(<#list as #private::List>::Head);
                list = quote!(<#list as #private::List>::Tail);
                quote!(#private::Probe::<#container, #dependency>::TARGET)
            })
            .collect();
        let edges = quote!(#private::edges::<#ty, _>([#(#targets),*]));
        let keys: Vec<_> = (0..counts.needs).map(|edge| self.argument(counts, edge)).collect();
        if keys.iter().all(Option::is_none) {
            return quote!(&#edges);
        }
        let keys = keys.into_iter().map(text_option);
        quote!(&#private::with_keys(#edges, [#(#keys),*]))
    }

    /// Runs the constructor of what is built with the container.
    fn make(&self) -> Option<TokenStream> {
        let Self { private, app, spec, .. } = self;
        let Spec { name, ty, .. } = spec;
        let held = match spec.kind {
            Kind::Service => quote!(#private::Arc<#ty>),
            Kind::Module => quote!(#ty),
            Kind::Transient | Kind::Scope | Kind::Input | Kind::Inherit => return None,
        };
        let key = text_option(spec.key.clone());
        Some(quote! {
            #[inline(always)]
            fn make(slots: &mut Self::Slots<Self::Building>) -> #private::Filled {
                let made = #private::Make::<#app, #ty>::make::<Self::Building, #held>(slots, #key);
                <Self::Building as #private::Filling>::fill::<#held>(&mut slots.#name, made)
            }
        })
    }

    /// The key of a generic service's dependency, with what its parameters stand for here.
    fn argument(&self, counts: &Counts, edge: usize) -> Option<String> {
        let key = counts.keys.get(edge)?;
        let syn::Type::Path(path) = &self.spec.ty else { return None };
        let syn::PathArguments::AngleBracketed(arguments) = &path.path.segments.last()?.arguments else { return None };
        let types = arguments.args.iter().filter_map(|argument| match argument {
            syn::GenericArgument::Type(ty) => Some(text(ty)),
            _ => None,
        });
        let stands_for: Vec<(&String, String)> = counts.params.iter().zip(types).collect();
        let replaced = replace_words(key, &stands_for);
        (replaced != *key).then_some(replaced)
    }

    fn edges_check(&self) -> TokenStream {
        let Spec { index, container, .. } = self.spec;
        self.check(quote!(edges::<#container>), quote!(#index))
    }

    /// A constant that calls a rule, with the caret under the field's type.
    fn check(&self, rule: TokenStream, args: TokenStream) -> TokenStream {
        let private = &self.private;
        self.caret.constant(quote!(#private::check::#rule), args)
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
                "its inputs",
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
        let annotate = match ty {
            syn::Type::Path(path)
                if path.path.segments.iter().all(|segment| segment.arguments.is_none()) && !is_built_in(ty) =>
            {
                "\n  help: or annotate it with `#[service]`, where it is declared"
            }
            _ => "",
        };
        let message = format!(
            "[DI0005] `{service}` is not a service\n\n    `{container}` lists it as `{field}`\n\n  help: let the caller supply it: `#[input] {field}: {service}`{annotate}\n  see docs/diagnostics/DI0005.md"
        );
        let alias = format!(
            "[DI0005] `{service}` is a service under another name, which hides what the macros know of it\n\n    `{container}` lists it as `{field}`\n\n  help: write the type's own name, or rename it with `use path::Service as {service}` instead of `type`\n  help: an `#[service] impl` stands in the module that declares the type\n  see docs/diagnostics/DI0005.md"
        );
        let check = caret.constant(
            quote!(#private::check::not_a_service),
            quote!(#private::ServiceProbe::<#ty>::IS_SERVICE, #message, #alias),
        );
        let keeps = (spec.kind == Kind::Service).then(|| self.keeps());
        let makes = matches!(spec.kind, Kind::Transient | Kind::Scope).then(|| self.makes());
        quote! {
            #[allow(unused_imports)]
            use #private::NoService as _;
            #keeps
            #makes
            #check

            impl #private::Field<#index> for #container {
                const NODE: #krate::graph::Node = #krate::graph::Node {
                    field: #field,
                    service: #service,
                    kind: #krate::graph::Kind::Unknown,
                    ..#krate::graph::Node::EMPTY
                };
            }
        }
    }
}

/// The text with each word that is a parameter replaced by what it stands for.
fn replace_words(text: &str, stands_for: &[(&String, String)]) -> String {
    let mut out = String::new();
    let mut word = String::new();
    for character in text.chars().chain([' ']) {
        if character.is_alphanumeric() || character == '_' {
            word.push(character);
            continue;
        }
        out += stands_for.iter().find(|(parameter, _)| **parameter == word).map_or(&word, |(_, argument)| argument);
        word.clear();
        out.push(character);
    }
    out.pop();
    out
}
