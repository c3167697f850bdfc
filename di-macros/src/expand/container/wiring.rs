//! The construction of a container: one straight body, in which each service is made after what it needs.

use proc_macro::{Delimiter, TokenTree};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::Type;

use super::docs;
use super::item::group_cell;
use super::supply::{Body, Supply};
use super::templates::Templates;
use crate::graph::text::alike;
use crate::graph::{Edge, Graph, Kind, Target};
use crate::model::container::{Build, Container};
use crate::model::listed::{Field, Kind as Listed, Shape};
use crate::model::mode::Mode;
use crate::model::said::Said;
use crate::model::service::{plain, wrapped};
use crate::spans::Caret;
use crate::template::{lex, together, within, word};
use crate::text::text;
use crate::trees::{self, Trees, sign, stream, trees, trees_of_type};

const LOOKUP_DOCS: &str = r#"
    /// The instance of a service by its own name or its field's, in this container or in a module of it.
    ///
    /// # Errors
    ///
    /// No service is called so, several are, or the container keeps no instance of it.
    #[allow(dead_code)]
"#;

const LOOKUP: &str = "
    fn lookup(
        &self,
        name: &str,
    ) -> ::core::result::Result<__sync::Arc<dyn ::core::any::Any + ::core::marker::Send + ::core::marker::Sync>, __error::LookupError> {
        __lookup(self, name)
    }
";

const CLOSE_DOCS: &str = r#"
    /// Closes every service, dependents before what they depend on, and drops the container.
    ///
    /// # Errors
    ///
    /// The services that could not be closed; all others have been.
    #[allow(dead_code)]
"#;

const CLOSE: &str = "
    fn close(self) -> ::core::result::Result<(), __error::CloseError> {
        __close(&self)
    }
";

/// What is known of a container at the end of the chain.
pub(super) struct Wiring<'a> {
    pub(super) container: &'a Container,
    pub(super) graph: &'a Graph,
    said: &'a [Option<Said>],
    /// Something is wrong with it, so that it is not built.
    pub(super) is_faulty: bool,
    /// The place of each node in the build order.
    positions: Vec<usize>,
    /// What is awaited, or needs what is.
    late: Vec<bool>,
    /// What answers a key that another node answers already, which has been told.
    is_second: Vec<bool>,
    pub(super) mode: Mode,
    /// The name of each node, as a token.
    locals: Vec<TokenTree>,
    pub(super) templates: Templates,
}

impl<'a> Wiring<'a> {
    /// `doubled` are the nodes that answer one key each, of which errors tell.
    pub(super) fn new(
        container: &'a Container,
        graph: &'a Graph,
        said: &'a [Option<Said>],
        is_faulty: bool,
        doubled: &[Vec<usize>],
    ) -> Self {
        let mut positions = vec![0; graph.nodes.len()];
        for (position, node) in graph.order.iter().enumerate() {
            positions[*node] = position;
        }
        let mut is_second = vec![false; graph.nodes.len()];
        for &node in doubled.iter().flat_map(|nodes| nodes.iter().skip(1)) {
            let is_answered = |key: &String| {
                graph.nodes[..node].iter().any(|one| one.interfaces.contains(key) || one.service == *key)
            };
            is_second[node] = graph.nodes[node].interfaces.iter().all(is_answered);
        }
        let (late, mode) = (Vec::new(), Mode::default());
        let fields = container.fields.iter().map(|field| trees::name(&field.name));
        let groups = (0..container.groups.len()).map(|index| trees::name(&group_cell(index)));
        let locals = fields.chain(groups).collect();
        let templates = Templates::new();
        let mut wiring =
            Self { container, graph, said, is_faulty, positions, late, is_second, mode, locals, templates };
        wiring.mode = wiring.find_mode();
        wiring.late = wiring.find_late();
        wiring
    }

    /// As it is declared, or as what it builds has it.
    fn find_mode(&self) -> Mode {
        self.container.build.as_ref().map_or_else(|| self.graph.mode(), Build::mode)
    }

    /// What is awaited in an async build, and what needs it.
    fn find_late(&self) -> Vec<bool> {
        let mut late = vec![false; self.graph.nodes.len()];
        for &node in &self.graph.order {
            let own = &self.graph.nodes[node];
            let needs_late = own.edges.iter().any(|edge| match &edge.target {
                Target::Node(target) => late[*target],
                Target::Typed(candidates) => candidates.iter().any(|candidate| late[*candidate]),
                Target::Deferred(_) | Target::Absent | Target::Missing => false,
            });
            // What a module keeps is dropped in its turn: a build that is cut short must know of each.
            let is_of_its_own = own.is_built() && (own.is_async || own.kind == Kind::Module);
            late[node] = needs_late || is_of_its_own;
        }
        late
    }

    pub(super) fn said(&self, node: usize) -> Option<&'a Said> {
        self.said.get(node).and_then(Option::as_ref)
    }

    /// Whether a node is a container, as its type says.
    pub(super) fn is_container(&self, node: usize) -> bool {
        self.said(node).is_some_and(|said| said.flags.is_container)
    }

    pub(super) fn field(&self, node: usize) -> Option<&'a Field> {
        self.container.fields.get(node)
    }

    pub(super) fn private(&self) -> TokenStream {
        let krate = &self.container.krate;
        quote!(#krate::__private)
    }

    pub(super) fn arc(&self) -> TokenStream {
        quote!(__Arc)
    }

    /// The type of a field, as the container writes it.
    pub(super) fn ty(&self, node: usize) -> TokenStream {
        self.field(node).map(|field| field.ty.to_token_stream()).unwrap_or_default()
    }

    /// The same, one by one.
    pub(super) fn trees_of_type(&self, node: usize) -> Trees {
        self.field(node).map(|field| trees_of_type(&field.ty)).unwrap_or_default()
    }

    /// The name under which a node is found: a local variable in the build, a field afterwards.
    pub(super) fn name(&self, node: usize) -> Ident {
        match self.field(node) {
            Some(field) => field.name.clone(),
            None => group_cell(node - self.container.fields.len()),
        }
    }

    /// The same as a token.
    pub(super) fn local(&self, node: usize) -> TokenTree {
        self.locals[node].clone()
    }

    /// Where a node stands: its field's type. What is wrong with tokens there is told without a word of our macros, and
    /// lints take them for the user's.
    pub(super) fn place(&self, node: usize) -> Span {
        match self.field(node) {
            Some(field) => Caret::under_type(&field.ty).first,
            None => match self.container.groups.get(node - self.container.fields.len()) {
                Some(group) => Caret::under_type(&group.interface).first,
                None => Span::call_site(),
            },
        }
    }

    /// Where the tokens of a node stand: at its field's type.
    pub(super) fn span(&self, node: usize) -> Span {
        ours(self.place(node))
    }

    pub(super) fn is_late(&self, node: usize) -> bool {
        self.late[node]
    }

    pub(super) fn is_second(&self, node: usize) -> bool {
        self.is_second[node]
    }

    pub(super) fn is_before(&self, node: usize, other: usize) -> bool {
        self.positions[node] < self.positions[other]
    }

    fn supplied(&self, node: usize) -> Option<&'a Field> {
        self.field(node).filter(|field| matches!(field.kind, Listed::Input | Listed::Inherit))
    }

    /// The qualifier of a node, as the container writes it.
    pub(super) fn qualifier(&self, node: usize) -> Option<&'a Type> {
        self.field(node).and_then(|field| field.qualifier.as_ref())
    }

    /// The key of a node in its group.
    pub(super) fn own_key(&self, node: usize) -> TokenStream {
        let membership = self.field(node).and_then(|field| field.group.as_ref());
        match membership.and_then(|membership| membership.key.as_ref()) {
            Some(key) => quote!(#key),
            None => quote!(""),
        }
    }

    /// Nothing, for what the container says is absent.
    pub(super) fn absent(&self, edge: &Edge) -> TokenStream {
        let absent = self.container.absent.iter().find(|interface| alike(&text(*interface), &edge.key));
        let nothing = quote!(__absent::<#absent, _>());
        if edge.qualifier.is_none() {
            return nothing;
        }
        // It is absent under each qualifier, so that none has to be compared.
        let private = self.private();
        quote!(#private::Qualified::new(#nothing))
    }

    /// What is imported under names of our own.
    pub(super) fn imports(&self) -> TokenStream {
        let krate = self.container.krate.clone();
        together([lex("#[allow(unused_imports)] use"), krate, lex("::__private::names::*;")])
    }

    /// The service impl, the methods that build, and those that open scopes.
    pub(super) fn construction(&self) -> TokenStream {
        let name = word(&self.container.name);
        let vis = || self.container.vis.to_token_stream();
        let scopes = self.container.fields.iter().enumerate().filter(|(_, field)| field.kind == Listed::Scope);
        let scopes = scopes.filter(|(node, _)| self.is_container(*node));
        let scopes: Vec<TokenStream> = scopes.map(|(node, field)| self.scope_method(node, field)).collect();
        let allowed: Vec<TokenStream> = self.container.allowed().map(ToTokens::to_token_stream).collect();
        let inherits = self.container.of_kind(Listed::Inherit).next().is_some();
        let (build, assemble) = if inherits {
            (TokenStream::new(), self.assemble_inherited(&name))
        } else {
            (self.build(), self.assemble_as_built(&name))
        };
        let methods = [build, lex(LOOKUP_DOCS), vis(), lex(LOOKUP), lex(CLOSE_DOCS), vis(), lex(CLOSE)];
        // Where it is no service, because of what it keeps, the error stands at its name.
        let service = together([
            lex("#[automatically_derived] impl __Service for"),
            self.container.name.to_token_stream(),
            lex(&format!("{{ type Mode = __mode::{}; }}", self.mode.type_name())),
        ]);
        let parts = [service].into_iter().chain(allowed);
        let methods = within(Delimiter::Brace, together(methods.into_iter().chain(scopes)));
        together(parts.chain([lex(&format!("impl {name}")), methods, assemble]))
    }

    /// `build`, of a container that inherits nothing.
    fn build(&self) -> TokenStream {
        let doc = docs::of_build(&plain(&self.container.name), self.graph, self.mode);
        let head = lex(&format!("#[doc = {doc:?}] #[allow(unused_variables)]"));
        let parameters = within(Delimiter::Parenthesis, self.inputs());
        let body = within(Delimiter::Brace, self.body());
        let returned = lex(&format!("-> {}", self.returned()));
        together([head, self.container.vis.to_token_stream(), lex("fn build"), parameters, returned, body])
    }

    /// The parameter that takes the inputs apart.
    fn inputs(&self) -> TokenStream {
        let inputs = &self.container.inputs;
        let supplied = self.container.of_kind(Listed::Input).map(|field| &field.name);
        quote!(#inputs { #(#supplied),* }: #inputs)
    }

    /// How it is built in another container, if it inherits nothing.
    fn assemble_as_built(&self, name: &str) -> TokenStream {
        let (inputs, returned) = (word(&self.container.inputs), self.returned());
        lex(&format!(
            "#[automatically_derived] impl __Assemble<()> for {name} {{ \
                 fn assemble((): (), inputs: {inputs}) -> {returned} {{ Self::build(inputs) }} \
             }}"
        ))
    }

    /// How it is built of what it inherits.
    fn assemble_inherited(&self, name: &str) -> TokenStream {
        let (mut types, mut names, mut unwrapped) = (Trees::new(), Trees::new(), TokenStream::new());
        for (node, field) in self.container.fields.iter().enumerate() {
            if field.kind != Listed::Inherit {
                continue;
            }
            types.append(&mut match &field.qualifier {
                Some(qualifier) => trees(wrapped(&self.container.krate, &field.ty, Some(qualifier))),
                None => trees_of_type(&field.ty),
            });
            types.push(sign(','));
            names.extend([self.local(node), sign(',')]);
            if field.qualifier.is_some() {
                let name = &field.name;
                unwrapped.extend(quote!(let #name = #name.value;));
            }
        }
        let types = within(Delimiter::Parenthesis, stream(types));
        let names = within(Delimiter::Parenthesis, stream(names));
        let body = within(Delimiter::Brace, together([unwrapped, self.body()]));
        let parameters = together([names, lex(":"), types.clone(), lex(","), self.inputs()]);
        let head = lex("#[allow(unused_variables)] fn assemble");
        let returned = lex(&format!("-> {}", self.returned()));
        let method = together([head, within(Delimiter::Parenthesis, parameters), returned, body]);
        together([
            lex("#[automatically_derived] impl __Assemble<"),
            types,
            lex(&format!("> for {name}")),
            within(Delimiter::Brace, method),
        ])
    }

    /// `app.symbol(SymbolScopeInputs { .. })`
    fn scope_method(&self, node: usize, field: &Field) -> TokenStream {
        let Field { name, vis, ty, docs, .. } = field;
        let krate = &self.container.krate;
        let doc = docs.is_empty().then(|| {
            let doc = format!("Builds a new `{}` in this container.", text(ty));
            quote!(#[doc = #doc])
        });
        let mut supply = Supply::new(self, Body::Method);
        supply.stand_at(node);
        let body = if self.is_faulty {
            quote!(::core::unreachable!())
        } else {
            let dependencies = stream(supply.dependencies(node));
            quote_spanned!(self.span(node)=> <#ty as __Assemble<_>>::assemble(#dependencies, inputs))
        };
        quote! {
            #(#docs)*
            #doc
            #[allow(dead_code, unused_variables)]
            #vis fn #name(
                &self,
                inputs: <#ty as #krate::Container>::Inputs,
            ) -> <<#ty as #krate::Service>::Mode as #krate::mode::Mode>::Of<#ty> {
                #body
            }
        }
    }

    /// What `build` returns.
    fn returned(&self) -> &'static str {
        match (self.mode.is_async, self.mode.is_fallible) {
            (false, false) => "Self",
            (false, true) => "::core::result::Result<Self, __error::BuildError>",
            (true, false) => "__mode::BuildFuture<Self>",
            (true, true) => "__mode::BuildFuture<::core::result::Result<Self, __error::BuildError>>",
        }
    }

    fn body(&self) -> TokenStream {
        if self.is_faulty {
            return quote!(::core::unreachable!());
        }
        if !self.mode.is_async {
            return stream(self.at_once());
        }
        let krate = &self.container.krate;
        let body = self.awaited();
        let new = if self.mode.is_fallible { quote!(new) } else { quote!(infallible) };
        quote!(#krate::mode::BuildFuture::#new(#body))
    }

    /// Whether an input is a value, which the container keeps in an `Arc`.
    pub(super) fn is_value(&self, node: usize) -> bool {
        self.supplied(node).is_some_and(|field| matches!(field.shape(), Shape::Value))
    }

    pub(super) fn names_of(&self, node: usize) -> (&str, &str, &str) {
        let own = &self.graph.nodes[node];
        (&self.graph.container, &own.field, &own.service)
    }
}

/// A place of the user's for tokens of ours: in a derived container, it comes out of a macro, whose variables are not ours.
pub(super) fn ours(place: Span) -> Span {
    place.resolved_at(Span::call_site())
}
