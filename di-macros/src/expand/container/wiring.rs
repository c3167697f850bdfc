//! How a container is built: one straight body, in which each service is made after what it needs.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::Type;

use super::docs;
use super::item::group_cell;
use super::mode::Mode;
use super::supply::{Body, Supply};
use crate::graph::text::alike;
use crate::graph::{Edge, Graph, Kind, Target};
use crate::model::container::Container;
use crate::model::listed::{Field, Kind as Listed, Shape};
use crate::model::said::Said;
use crate::model::service::{plain, wrapped};
use crate::spans::Caret;
use crate::text::text;

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
    pub(super) mode: Mode,
}

impl<'a> Wiring<'a> {
    pub(super) fn new(container: &'a Container, graph: &'a Graph, said: &'a [Option<Said>], is_faulty: bool) -> Self {
        let mut positions = vec![0; graph.nodes.len()];
        for (position, node) in graph.order.iter().enumerate() {
            positions[*node] = position;
        }
        let mut wiring = Self {
            container,
            graph,
            said,
            is_faulty,
            positions,
            late: Vec::new(),
            mode: Mode::Known { is_async: false, is_fallible: false },
        };
        wiring.mode = wiring.find_mode();
        wiring.late = wiring.find_late();
        wiring
    }

    fn find_mode(&self) -> Mode {
        let built = || self.graph.nodes.iter().filter(|node| node.is_built());
        let is_async = built().any(|node| node.is_async);
        let is_fallible = built().any(|node| node.is_fallible);
        let pin = self.container.build.as_ref();
        let is_open = (0..self.graph.nodes.len()).any(|node| self.is_of_unknown_mode(node));
        match pin {
            // After an error, nothing is said again.
            _ if self.is_faulty => Mode::Known { is_async, is_fallible },
            Some(pin) if pin.is_infallible() => Mode::Known { is_async: false, is_fallible: false },
            _ if is_open && !(is_async && is_fallible) => Mode::OfModules { is_async, is_fallible },
            _ => Mode::Known { is_async, is_fallible },
        }
    }

    /// Whether a node is a module that does not say how it is built.
    fn is_of_unknown_mode(&self, node: usize) -> bool {
        self.graph.nodes[node].kind == Kind::Module && self.said(node).is_some_and(|said| !said.flags.is_pinned)
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
            late[node] = needs_late || own.is_built() && own.is_async || self.is_of_unknown_mode(node);
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

    /// The name under which a node is found: a local variable in the build, a field afterwards.
    pub(super) fn name(&self, node: usize) -> Ident {
        match self.field(node) {
            Some(field) => field.name.clone(),
            None => group_cell(node - self.container.fields.len()),
        }
    }

    /// Where the tokens of a node stand: at its field's type.
    pub(super) fn span(&self, node: usize) -> Span {
        let span = match self.field(node) {
            Some(field) => Caret::under(&field.ty).first,
            None => match self.container.groups.get(node - self.container.fields.len()) {
                Some(group) => Caret::under(&group.interface).first,
                None => Span::call_site(),
            },
        };
        // In a derived container, the type comes out of a macro, whose variables are not ours.
        span.resolved_at(Span::call_site())
    }

    pub(super) fn is_late(&self, node: usize) -> bool {
        self.late[node]
    }

    pub(super) fn is_before(&self, node: usize, other: usize) -> bool {
        self.positions[node] < self.positions[other]
    }

    /// Whether a field from outside holds a whole group.
    pub(super) fn is_group(&self, node: usize) -> bool {
        self.supplied(node).is_some_and(|field| matches!(field.shape(), Shape::Many(_)))
    }

    /// Whether a field from outside may hold nothing.
    pub(super) fn is_optional(&self, node: usize) -> bool {
        self.supplied(node).is_some_and(|field| matches!(field.shape(), Shape::Optional(_)))
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
        quote!(__absent::<#absent, _>())
    }

    /// What is imported under names of our own.
    pub(super) fn imports(&self) -> TokenStream {
        let (private, krate) = (self.private(), &self.container.krate);
        quote! {
            #[allow(unused_imports)]
            use #krate::answer::Nobody as __Nobody;
            #[allow(unused_imports)]
            use #private::{
                Arc as __Arc, Assemble as __Assemble, Construct as __Construct, Keeps as __Keeps,
                Stored as __Stored, Take as __Take, absent as __absent, argument as __argument, give as __give,
                give_group as __give_group, give_optional as __give_optional, give_part as __give_part,
                qualified as __qualified, there as __there,
            };
        }
    }

    /// The service impl, the methods that build, and those that open scopes.
    pub(super) fn construction(&self) -> TokenStream {
        let Container { krate, name, vis, inputs, .. } = self.container;
        let private = self.private();
        let mode = self.mode_type();
        let returned = self.returned();
        let inherits = self.container.of_kind(Listed::Inherit).next().is_some();
        let supplied: Vec<&Ident> = self.container.of_kind(Listed::Input).map(|field| &field.name).collect();
        let pattern = quote!(#inputs { #(#supplied),* });
        let body = self.body();
        let allowed: Vec<_> = self.container.allowed().collect();
        let doc = docs::of_build(&plain(name), self.graph, self.mode);
        let build = (!inherits).then(|| {
            quote! {
                #[doc = #doc]
                #[allow(unused_variables)]
                #vis fn build(#pattern: #inputs) -> #returned {
                    #body
                }
            }
        });
        let types: Vec<TokenStream> = self
            .container
            .of_kind(Listed::Inherit)
            .map(|field| wrapped(krate, &field.ty, field.qualifier.as_ref()))
            .collect();
        let inherited: Vec<&Ident> = self.container.of_kind(Listed::Inherit).map(|field| &field.name).collect();
        let unwrap = self.container.of_kind(Listed::Inherit).filter(|field| field.qualifier.is_some()).map(|field| {
            let name = &field.name;
            quote!(let #name = #name.value;)
        });
        let assembled = if inherits {
            quote! {
                #[allow(unused_variables)]
                fn assemble((#(#inherited,)*): (#(#types,)*), #pattern: #inputs) -> #returned {
                    #(#unwrap)*
                    #body
                }
            }
        } else {
            quote! {
                fn assemble((): (), inputs: #inputs) -> #returned {
                    Self::build(inputs)
                }
            }
        };
        let scopes = self.container.fields.iter().enumerate().filter(|(_, field)| field.kind == Listed::Scope);
        let scopes = scopes.filter(|(node, _)| self.is_container(*node));
        let scopes = scopes.map(|(node, field)| self.scope_method(node, field));
        let pinned = self.pinned();
        quote! {
            #[automatically_derived]
            impl #krate::Service for #name {
                type Mode = #mode;
            }

            #(#allowed)*
            impl #name {
                #build

                /// The instance of a service by its own name or its field's, in this container or in a module of it.
                ///
                /// # Errors
                ///
                /// No service is called so, several are, or the container keeps no instance of it.
                #[allow(dead_code)]
                #vis fn lookup(
                    &self,
                    name: &str,
                ) -> ::core::result::Result<__Arc<dyn ::core::any::Any + ::core::marker::Send + ::core::marker::Sync>, #krate::LookupError> {
                    #private::lookup(self, name)
                }

                /// Closes every service, dependents before what they depend on, and drops the container.
                ///
                /// # Errors
                ///
                /// The services that could not be closed; all others have been.
                #[allow(dead_code)]
                #vis fn close(self) -> ::core::result::Result<(), #krate::CloseError> {
                    #private::close(&self)
                }

                #(#scopes)*
            }

            #[automatically_derived]
            impl #private::Assemble<(#(#types,)*)> for #name {
                #assembled
            }
            #pinned
        }
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
        supply.span = self.span(node);
        let body = if self.is_faulty {
            quote!(::core::unreachable!())
        } else {
            let dependencies = supply.dependencies(node);
            quote_spanned!(self.span(node)=> <#ty as __Assemble<_>>::assemble(#dependencies, inputs))
        };
        quote! {
            #(#docs)*
            #doc
            #[allow(dead_code, unused_variables)]
            #vis fn #name(
                &self,
                inputs: <#ty as #krate::Container>::Inputs,
            ) -> <<#ty as #krate::Service>::Mode as #krate::Moded>::Of<#ty> {
                #body
            }
        }
    }

    /// The mode as a type.
    fn mode_type(&self) -> TokenStream {
        let private = self.private();
        let known = |is_async: bool, is_fallible: bool| {
            let name = format_ident!(
                "{}{}",
                if is_async { "Async" } else { "Sync" },
                if is_fallible { "Fallible" } else { "Infallible" }
            );
            quote!(#private::#name)
        };
        match self.mode {
            Mode::Known { is_async, is_fallible } => known(is_async, is_fallible),
            Mode::OfModules { is_async, is_fallible } => {
                let krate = &self.container.krate;
                let open = (0..self.graph.nodes.len()).filter(|node| self.is_of_unknown_mode(*node));
                let mut modes = vec![known(is_async, is_fallible)];
                modes.extend(open.map(|node| {
                    let ty = self.ty(node);
                    quote!(<#ty as #krate::Service>::Mode)
                }));
                one_after_the_other(&private, &modes)
            }
        }
    }

    /// What `build` returns.
    fn returned(&self) -> TokenStream {
        let krate = &self.container.krate;
        let result = quote!(::core::result::Result<Self, #krate::BuildError>);
        match self.mode {
            Mode::Known { is_async: false, is_fallible: false } => quote!(Self),
            Mode::Known { is_async: false, is_fallible: true } => result,
            Mode::Known { is_async: true, is_fallible: false } => quote!(#krate::BuildFuture<Self>),
            Mode::Known { is_async: true, is_fallible: true } => quote!(#krate::BuildFuture<#result>),
            Mode::OfModules { .. } => quote!(<<Self as #krate::Service>::Mode as #krate::Moded>::Of<Self>),
        }
    }

    fn body(&self) -> TokenStream {
        if self.is_faulty {
            return quote!(::core::unreachable!());
        }
        let krate = &self.container.krate;
        let private = self.private();
        let of_mode = quote!(<<Self as #krate::Service>::Mode as #krate::Moded>);
        match self.mode {
            Mode::Known { is_async: false, is_fallible } => self.at_once(is_fallible),
            Mode::Known { is_async: true, is_fallible } => {
                let body = self.awaited();
                if is_fallible {
                    quote!(#krate::BuildFuture::new(#body))
                } else {
                    quote!(#of_mode::of(#private::Built::later_of(#body)))
                }
            }
            Mode::OfModules { is_async, .. } => {
                let awaited = self.awaited();
                let later = quote!(#of_mode::of(#private::Built::later_of(#awaited)));
                if is_async {
                    return later;
                }
                let at_once = self.at_once(true);
                quote! {
                    if const { <<Self as #krate::Service>::Mode as #krate::Moded>::ASYNC } {
                        #later
                    } else {
                        #of_mode::of(#private::Built::Now((move || #at_once)()))
                    }
                }
            }
        }
    }

    /// The kept fields, for the container's struct.
    fn complete(&self) -> TokenStream {
        let kept = (0..self.graph.nodes.len()).filter(|node| self.graph.nodes[*node].is_kept());
        let names = kept.map(|node| self.name(node));
        quote!(Self { #(#names),* })
    }

    /// The build in which nothing is awaited.
    fn at_once(&self, is_fallible: bool) -> TokenStream {
        let mut supply = Supply::new(self, Body::Build);
        let steps: Vec<TokenStream> =
            self.graph.order.iter().map(|node| self.step(&mut supply, *node, is_fallible)).collect();
        let (empty, filled) = self.lazies(&supply);
        let complete = self.complete();
        let complete = if is_fallible { quote!(::core::result::Result::Ok(#complete)) } else { complete };
        quote!({ #empty #(#steps)* #filled #complete })
    }

    /// The cells of what is deferred, and how they are filled.
    fn lazies(&self, supply: &Supply<'_>) -> (TokenStream, TokenStream) {
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
        (quote!(#(let #names = #krate::Lazy::empty();)*), quote!(#(#filled)*))
    }

    /// The statement that makes a node.
    fn step(&self, supply: &mut Supply<'_>, node: usize, is_fallible: bool) -> TokenStream {
        let own = &self.graph.nodes[node];
        let (name, span) = (self.name(node), self.span(node));
        supply.span = span;
        match own.kind {
            Kind::Singleton => {
                let made = self.made_at_once(supply, node);
                quote_spanned!(span=> let #name = __Arc::new(#made);)
            }
            Kind::Module => {
                let built = self.module(supply, node, is_fallible);
                quote_spanned!(span=> let #name = #built;)
            }
            Kind::Input if self.is_value(node) => quote_spanned!(span=> let #name = __Arc::new(#name);),
            Kind::Group => {
                let group = self.group(supply, node);
                quote!(let #name = #group;)
            }
            _ => TokenStream::new(),
        }
    }

    /// Whether an input is a value, which the container keeps in an `Arc`.
    pub(super) fn is_value(&self, node: usize) -> bool {
        self.supplied(node).is_some_and(|field| matches!(field.shape(), Shape::Value))
    }

    /// A service whose constructor is sync.
    fn made_at_once(&self, supply: &mut Supply<'_>, node: usize) -> TokenStream {
        let (ty, span, private) = (self.ty(node), self.span(node), self.private());
        let dependencies = supply.dependencies(node);
        if self.graph.nodes[node].is_fallible {
            let made = quote_spanned!(span=> <#ty as #private::TryConstruct<_>>::construct(#dependencies));
            let made = self.observed(supply, node, made);
            quote_spanned!(span=> #made.map_err(#private::failed::<Self>(#node))?)
        } else {
            self.observed(supply, node, quote_spanned!(span=> <#ty as __Construct<_>>::construct(#dependencies)))
        }
    }

    /// A constructor that is seen while it runs, where the feature for that is on.
    fn observed(&self, supply: &Supply<'_>, node: usize, constructor: TokenStream) -> TokenStream {
        if !cfg!(feature = "lifecycle") {
            return constructor;
        }
        let private = self.private();
        let (container, field, service) = self.names_of(node);
        let constructing = match supply.body() {
            Body::AsyncBuild if !self.late[node] => quote!(__build.constructing),
            _ => quote!(#private::constructing),
        };
        quote!(#constructing(#container, #field, #service, || #constructor))
    }

    fn names_of(&self, node: usize) -> (&str, &str, &str) {
        let own = &self.graph.nodes[node];
        (&self.graph.container, &own.field, &own.service)
    }

    /// A module that is built at once.
    fn module(&self, supply: &mut Supply<'_>, node: usize, is_fallible: bool) -> TokenStream {
        let (krate, private, ty, span) = (&self.container.krate, self.private(), self.ty(node), self.span(node));
        let dependencies = supply.dependencies(node);
        let inputs = quote!(::core::default::Default::default());
        let built = quote_spanned!(span=> <#ty as __Assemble<_>>::assemble(#dependencies, #inputs));
        let built = self.observed(supply, node, built);
        if self.said(node).is_some_and(|said| said.flags.is_pinned) || !is_fallible {
            return built;
        }
        quote_spanned! {span=>
            <<#ty as #krate::Service>::Mode as #krate::Moded>::built(#built).now().map_err(#private::failed::<Self>(#node))?
        }
    }

    /// The members of a group in declaration order; a module's members stand where the module does.
    fn group(&self, supply: &mut Supply<'_>, node: usize) -> TokenStream {
        let (krate, private) = (&self.container.krate, self.private());
        let Some(group) = self.container.groups.get(node - self.container.fields.len()) else {
            return TokenStream::new();
        };
        let interface = &group.interface;
        let fields: Vec<(usize, &Field)> =
            group.members.iter().filter_map(|member| Some((*member, self.field(*member)?))).collect();
        let key = |field: &Field| match field.group.as_ref().and_then(|membership| membership.key.as_ref()) {
            Some(key) => quote!(::core::option::Option::Some(#key)),
            None => quote!(::core::option::Option::None),
        };
        let one = |supply: &Supply<'_>, member: usize, field: &Field| {
            let (key, place, kept) = (key(field), supply.place(member), super::item::kept_type(self.container, field));
            // What the types say of it is that the service implements the interface: it need not list it.
            let given = if field.product.is_some() {
                quote_spanned!(self.span(member)=> __give::<_, #interface>(#place))
            } else {
                quote_spanned! {self.span(member)=>
                    { let member: __Arc<#interface> = <#kept as ::core::clone::Clone>::clone(#place); member }
                }
            };
            quote!((#key, #given))
        };
        if fields.iter().all(|(_, field)| field.kind != Listed::Module) {
            let members = fields.iter().map(|(member, field)| one(supply, *member, field));
            return quote!(#krate::Many::<#interface>::of([#(#members),*]));
        }
        let members = fields.iter().map(|(member, field)| {
            if field.kind == Listed::Module {
                let (key, place, ty) = (key(field), supply.place(*member), &field.ty);
                quote_spanned! {self.span(*member)=>
                    (&#private::ModuleMembers::<#ty, #interface>::of(#place)).add(#key, &mut members);
                }
            } else {
                let one = one(supply, *member, field);
                quote!(members.push(#one);)
            }
        });
        quote! {{
            #[allow(unused_imports)]
            use #private::{ManyMembers as _, OneMember as _};
            let mut members = #private::Vec::new();
            #(#members)*
            #krate::Many::<#interface>::new(members)
        }}
    }

    /// The build in which constructors are awaited; a future of a `Result`.
    fn awaited(&self) -> TokenStream {
        let private = self.private();
        let mut supply = Supply::new(self, Body::AsyncBuild);
        let (mut early, mut pending, mut rounds, mut taken) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for &node in &self.graph.order {
            let own = &self.graph.nodes[node];
            if !own.is_kept() {
                continue;
            }
            let name = self.name(node);
            if !self.late[node] {
                early.push(self.step(&mut supply, node, true));
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
        let complete = self.complete();
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
        supply.span = span;
        let due = self.due(node);
        let (container, field, service) = self.names_of(node);
        let begin = if own.kind == Kind::Module {
            let krate = &self.container.krate;
            let dependencies = supply.dependencies(node);
            let built = quote_spanned! {span=>
                <#ty as __Assemble<_>>::assemble(#dependencies, ::core::default::Default::default())
            };
            quote!(#name.run(#container, #field, #service, || <<#ty as #krate::Service>::Mode as #krate::Moded>::built(#built).later());)
        } else {
            match (own.is_async, own.is_fallible) {
                (false, _) => {
                    let made = self.made_at_once(supply, node);
                    quote!(#name.fill(__build, #made);)
                }
                (true, false) => {
                    let dependencies = supply.dependencies(node);
                    let made = quote_spanned!(span=> <#ty as #private::ConstructAsync<_>>::construct(#dependencies));
                    quote!(#name.run_infallible(#container, #field, #service, || #made);)
                }
                (true, true) => {
                    let dependencies = supply.dependencies(node);
                    let made = quote_spanned!(span=> <#ty as #private::TryConstructAsync<_>>::construct(#dependencies));
                    quote!(#name.run(#container, #field, #service, || #made);)
                }
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
                } else if self.late[target] && self.is_before(target, node) && !needs.contains(&target) {
                    needs.push(target);
                }
            }
        }
    }

    /// DI0008 for modules whose mode only their types tell.
    fn pinned(&self) -> TokenStream {
        let Some(build) = self.container.build.as_ref() else { return TokenStream::new() };
        if self.is_faulty {
            return TokenStream::new();
        }
        let private = self.private();
        let open = (0..self.graph.nodes.len()).filter(|node| self.is_of_unknown_mode(*node));
        let checks = open.map(|node| {
            let own = &self.graph.nodes[node];
            let ty = self.ty(node);
            let (word, bound, why) = if build.is_infallible() {
                ("without failure", quote!(Infallible), "its build is async or can fail")
            } else {
                ("at once", quote!(AtOnce), "its build is async")
            };
            let message = format!(
                "[DI0008] `{}` is pinned to be built {word}, but the module `{}: {}` is not: {why}",
                self.graph.container, own.field, own.service
            );
            let help = "remove `build = ..` from `#[container(..)]`, or pin the module, too, to see which of its services it is";
            let krate = &self.container.krate;
            let call = Caret::under(&build.word).spread(quote!(<<#ty as #krate::Service>::Mode as Pinned>::CHECKED));
            quote! {
                const _: () = {
                    #[diagnostic::on_unimplemented(message = #message, label = "pinned here", note = #help, note = "see `di_core::diagnostics::DI0008`")]
                    trait Pinned {
                        const CHECKED: () = ();
                    }
                    #[diagnostic::do_not_recommend]
                    impl<M: #private::#bound> Pinned for M {}
                    #call
                };
            }
        });
        quote!(#(#checks)*)
    }
}

/// The mode of all, halved again and again: a chain of hundreds would be too deep a type.
fn one_after_the_other(private: &TokenStream, modes: &[TokenStream]) -> TokenStream {
    match modes {
        [] => quote!(#private::SyncInfallible),
        [mode] => mode.clone(),
        _ => {
            let (first, second) = modes.split_at(modes.len() / 2);
            let (first, second) = (one_after_the_other(private, first), one_after_the_other(private, second));
            quote!(<#first as #private::ThenMode<#second>>::Mode)
        }
    }
}
