//! What `#[container]` writes: the struct, its inputs, its graph, how it is built, and a call per field.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Item, ItemStruct, LitStr};

use super::{hidden_macro, local, pairs};
use crate::errors::Errors;
use crate::model::container::{Args, Container, Field, Group, Kind, Registration, Shape};
use crate::model::dependency::Wanted;
use crate::model::field::Spec;
use crate::spans::Caret;
use crate::text::text;
use crate::{cfg, check};

/// Expands the attribute.
pub(crate) fn container(args: TokenStream, item: TokenStream) -> TokenStream {
    let parsed: ItemStruct = match syn::parse2(item.clone()) {
        Ok(parsed) => parsed,
        Err(error) => {
            let error = error.to_compile_error();
            return quote!(#error #item);
        }
    };
    let mut errors = Errors::default();
    let read = Args::parse(args.clone(), &mut errors);
    if let Some(from) = &read.from {
        let expanded = super::overriding::call(from, &read, &args, &parsed, &mut errors);
        let errors = errors.into_tokens();
        return quote!(#expanded #errors);
    }
    if let Some(replace) = &read.replace {
        errors.at(replace, "[DI0012] `replace(..)` needs `from = ..`: the container whose fields are replaced\n  see docs/diagnostics/DI0012.md");
    }
    if errors.is_empty()
        && let Some(split) = cfg::split(&quote!(#[::di_core::container(#args)]), &Item::Struct(parsed.clone()))
    {
        return split;
    }
    let definition = quote!([#args] #parsed);
    let container = Container::of_struct(read, parsed, definition, &mut errors);
    check::container::check(&container, &mut errors);
    if errors.is_empty() {
        expand(&container)
    } else {
        let stub = stub(&container);
        let errors = errors.into_tokens();
        quote!(#stub #errors)
    }
}

/// After errors: what keeps other code from failing because of them.
fn stub(container: &Container) -> TokenStream {
    let Container { name, vis, attrs, .. } = container;
    let inputs = inputs(container);
    let inputs_name = &container.inputs;
    quote! {
        #(#attrs)*
        #vis struct #name {}
        #inputs
        impl #name {
            #vis fn build(_: #inputs_name) -> Self {
                ::core::unreachable!()
            }
        }
    }
}

fn expand(container: &Container) -> TokenStream {
    let Container { krate, name, vis, attrs, .. } = container;
    let inputs = inputs(container);
    let methods = methods(container);
    let itself = the_container(container);
    let service = as_a_service(container);
    let pinned = pinned(container);
    let own = container.fields.iter().enumerate().filter(|(_, field)| matches!(field.kind, Kind::Input | Kind::Inherit));
    let own = own.map(|(index, field)| own_bindings(container, index, field));
    let groups = container.groups.iter().enumerate().map(|(index, group)| group_node(container, container.fields.len() + index, group));
    let listed = container.fields.iter().enumerate().filter(|(_, field)| !matches!(field.kind, Kind::Input | Kind::Inherit));
    let listed = listed.map(|(index, field)| field_call(container, index, field));
    let absent = container.absent.iter().map(|interface| absent(container, interface));
    quote! {
        #(#attrs)*
        #vis struct #name {
            slots: <#name as #krate::Container>::Slots<#krate::__private::Ready>,
        }
        #inputs
        #methods
        #itself
        #service
        #pinned
        #(#own)*
        #(#groups)*
        #(#absent)*
        #(#listed)*
    }
}

/// The struct of what the caller supplies.
fn inputs(container: &Container) -> TokenStream {
    let Container { name, vis, inputs, .. } = container;
    let doc = format!("What the caller of `{name}::build` supplies.");
    let fields = container.of_kind(Kind::Input).map(|field| {
        let Field { name, ty, docs, .. } = field;
        let doc = docs.is_empty().then(|| quote!(#[doc = "Supplied by the caller."]));
        quote!(#(#docs)* #doc #vis #name: #ty)
    });
    let text = inputs.to_string();
    quote! {
        #[doc = #doc]
        #vis struct #inputs {
            #(#fields),*
        }

        #[automatically_derived]
        impl ::core::fmt::Debug for #inputs {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.debug_struct(#text).finish_non_exhaustive()
            }
        }
    }
}

/// What a user calls on the container.
fn methods(container: &Container) -> TokenStream {
    let Container { krate, name, vis, inputs, .. } = container;
    let private = quote!(#krate::__private);
    let text = name.to_string();
    let build_doc = format!("Builds a `{name}`: every service after what it needs.");
    let build = container.of_kind(Kind::Inherit).next().is_none().then(|| {
        quote! {
            #[doc = #build_doc]
            #[inline]
            #vis fn build(inputs: #inputs) -> <<Self as #krate::Service>::Mode as #krate::Moded>::Of<Self> {
                <<Self as #krate::Service>::Mode as #krate::Moded>::of(#private::build::<Self>((), inputs))
            }
        }
    });
    let scopes = container.of_kind(Kind::Scope).map(|field| scope_method(container, field));
    quote! {
        impl #name {
            #build

            /// The instance that answers `T`, borrowed: a field load.
            #[inline(always)]
            #[must_use]
            #[allow(dead_code)]
            #vis fn get<__T: ?::core::marker::Sized>(&self) -> &__T
            where
                Self: #krate::Lends<__T>,
            {
                <Self as #krate::Container>::get::<__T>(self)
            }

            /// What answers `T`, shared.
            #[inline(always)]
            #[must_use]
            #[allow(dead_code)]
            #vis fn shared<__T: ?::core::marker::Sized>(&self) -> #private::Arc<__T>
            where
                Self: #krate::Provides<__T>,
            {
                <Self as #krate::Container>::shared::<__T>(self)
            }

            /// Every member of the group `T`.
            #[inline(always)]
            #[must_use]
            #[allow(dead_code)]
            #vis fn many<__T: ?::core::marker::Sized>(&self) -> &#krate::Many<__T>
            where
                Self: #krate::ProvidesMany<__T>,
            {
                <Self as #krate::Container>::many::<__T>(self)
            }

            /// The bindings under the marker type `Q`.
            #[inline(always)]
            #[must_use]
            #[allow(dead_code)]
            #vis fn qualified<__Q>(&self) -> #krate::Under<'_, Self, __Q> {
                <Self as #krate::Container>::qualified::<__Q>(self)
            }

            /// The instance of a service by its own name or its field's, in this container or in a module of it.
            ///
            /// # Errors
            ///
            /// No service is called so, several are, or the container keeps no instance of it.
            #[allow(dead_code)]
            #vis fn lookup(
                &self,
                name: &str,
            ) -> ::core::result::Result<#private::Arc<dyn ::core::any::Any + ::core::marker::Send + ::core::marker::Sync>, #krate::LookupError> {
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
        impl ::core::fmt::Debug for #name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.debug_struct(#text).finish_non_exhaustive()
            }
        }
    }
}

/// `app.symbol(SymbolScopeInputs { .. })`
fn scope_method(container: &Container, field: &Field) -> TokenStream {
    let Container { krate, .. } = container;
    let Field { name, vis, ty, docs, .. } = field;
    let doc = docs.is_empty().then(|| {
        let doc = format!("Builds a new `{}` in this container.", text(ty));
        quote!(#[doc = #doc])
    });
    quote! {
        #(#docs)*
        #doc
        #[allow(dead_code)]
        #vis fn #name(
            &self,
            inputs: <#ty as #krate::Container>::Inputs,
        ) -> <<#ty as #krate::Service>::Mode as #krate::Moded>::Of<#ty> {
            #[allow(unused_imports)]
            use #krate::__private::CannotOpen as _;
            <<#ty as #krate::Service>::Mode as #krate::Moded>::of(
                #krate::__private::Open::<Self, #ty>::open(&self.slots, inputs),
            )
        }
    }
}

/// The type of a field's value in its cell.
fn held(container: &Container, field: &Field) -> Option<TokenStream> {
    let Container { krate, .. } = container;
    let ty = &field.ty;
    match field.kind {
        Kind::Service => Some(quote!(#krate::__private::Arc<#ty>)),
        Kind::Module => Some(quote!(#ty)),
        Kind::Input | Kind::Inherit => Some(match field.shape() {
            Shape::Value => quote!(#krate::__private::Arc<#ty>),
            Shape::Arc(_) | Shape::Many(_) | Shape::Optional(_) => quote!(#ty),
        }),
        Kind::Transient | Kind::Scope => None,
    }
}

fn group_cell(index: usize) -> proc_macro2::Ident {
    format_ident!("group_{}", index, span = Span::mixed_site())
}

/// Every cell: its node, its name, and the type of its value.
fn cells(container: &Container) -> Vec<(usize, proc_macro2::Ident, TokenStream)> {
    let krate = &container.krate;
    let fields = container.fields.iter().enumerate();
    let fields = fields.filter_map(|(index, field)| held(container, field).map(|ty| (index, field.name.clone(), ty)));
    let groups = container.groups.iter().enumerate().map(|(index, group)| {
        let interface = &group.interface;
        (container.fields.len() + index, group_cell(index), quote!(#krate::Many<#interface>))
    });
    fields.chain(groups).collect()
}

/// The slots, and the two traits that work on them.
fn the_container(container: &Container) -> TokenStream {
    let Container { krate, name, inputs, .. } = container;
    let private = quote!(#krate::__private);
    let text = name.to_string();
    let cells = cells(container);
    let nodes = container.nodes();
    let indices = 0..nodes;
    let (names, types): (Vec<_>, Vec<_>) = cells.iter().map(|(_, name, ty)| (name, ty)).unzip();
    let numbers = cells.iter().map(|(index, ..)| index);
    let steps = steps(container);
    let (inherited, taken) = inherited(container);
    let supplied = container.of_kind(Kind::Input).map(|field| &field.name);
    let begun = cells.iter().map(|(index, name, ty)| begun(container, *index, name, ty));
    let held = container.fields.iter().enumerate().filter(|(_, field)| matches!(field.kind, Kind::Service | Kind::Module));
    let held = held.map(|(index, Field { name, ty, .. })| {
        quote!(#index => #private::ServiceProbe::<#ty>::held(&slots.#name))
    });
    quote! {
        const _: () = {
            #[allow(unused_imports)]
            use #private::{CannotMake as _, NoService as _};

            /// The fields, in a state.
            pub struct Slots<__S: #private::State> {
                #(#names: __S::Cell<#types>,)*
                deferred: __S::Deferred<#name>,
            }

            #[automatically_derived]
            impl #krate::Container for #name {
                type Slots<__S: #private::State> = Slots<__S>;
                type Inputs = #inputs;
                const GRAPH: #krate::graph::Graph = {
                    const NODES: &[#krate::graph::Node] = &[#(<#name as #private::Field<#indices>>::NODE),*];
                    const ORDER: [usize; #nodes] = #krate::graph::Graph::order::<#nodes>(NODES);
                    #krate::graph::Graph::new(#text, NODES, &ORDER)
                };

                #[inline(always)]
                fn slots(&self) -> &Slots<#private::Ready> {
                    &self.slots
                }

                #[inline(always)]
                fn deferred<__S: #private::State>(slots: &Slots<__S>) -> &__S::Deferred<Self> {
                    &slots.deferred
                }
            }

            #[automatically_derived]
            impl #private::Assemble for #name {
                type Inherited = #inherited;
                const CYCLIC: bool = #private::check::cyclic::<#nodes>(&<#name as #krate::Container>::GRAPH);

                #[inline]
                fn begin<__F: #private::Filling>(#taken: #inherited, #inputs { #(#supplied),* }: #inputs) -> Slots<__F> {
                    Slots { #(#begun,)* deferred: ::core::default::Default::default() }
                }

                #[inline]
                fn step<__F: #private::Filling>(slots: &mut Slots<__F>, node: usize) -> ::core::result::Result<(), #krate::BoxError> {
                    match node {
                        #(#steps,)*
                        _ => ::core::result::Result::Ok(()),
                    }
                }

                fn visit<__F: #private::Filling, __V: #private::Visit<__F>>(slots: &mut Slots<__F>, node: usize, visitor: __V) -> __V::Output {
                    match node {
                        #(#numbers => visitor.cell::<#types>(&mut slots.#names),)*
                        _ => visitor.nothing(),
                    }
                }

                #[inline]
                fn finish<__F: #private::Filling>(slots: Slots<__F>) -> (Self, __F::Deferred<Self>) {
                    let ready = Slots { #(#names: __F::finish::<#types>(slots.#names),)* deferred: () };
                    (Self { slots: ready }, slots.deferred)
                }

                fn held(slots: &Slots<#private::Ready>, node: usize) -> ::core::option::Option<&dyn #private::Held> {
                    match node {
                        #(#held,)*
                        _ => ::core::option::Option::None,
                    }
                }
            }
        };
    }
}

/// What is inherited, as a list of pairs, and the pattern that takes it apart.
fn inherited(container: &Container) -> (TokenStream, TokenStream) {
    let types = container.of_kind(Kind::Inherit).map(|field| {
        let ty = &field.ty;
        crate::model::service::wrapped(&container.krate, ty, field.qualifier.as_ref())
    });
    let types = pairs(types);
    let inherited = container.fields.iter().enumerate().filter(|(_, field)| field.kind == Kind::Inherit);
    let pattern = pairs(inherited.map(|(index, _)| {
        let local = local(index);
        quote!(#local)
    }).collect::<Vec<_>>().into_iter());
    (types, pattern)
}

/// A cell at the beginning: filled with what was given, or empty.
fn begun(container: &Container, index: usize, cell: &proc_macro2::Ident, ty: &TokenStream) -> TokenStream {
    let private = { let krate = &container.krate; quote!(#krate::__private) };
    match container.fields.get(index) {
        Some(field) if field.kind == Kind::Input => {
            let value = match field.shape() {
                Shape::Value => quote!(#private::Arc::new(#cell)),
                Shape::Arc(_) | Shape::Many(_) | Shape::Optional(_) => quote!(#cell),
            };
            quote!(#cell: __F::filled::<#ty>(#value))
        }
        Some(field) if field.kind == Kind::Inherit => {
            let local = local(index);
            let value = if field.qualifier.is_some() { quote!(#local.value) } else { quote!(#local) };
            quote!(#cell: __F::filled::<#ty>(#value))
        }
        _ => quote!(#cell: __F::empty::<#ty>()),
    }
}

/// The arms that run constructors and collect groups.
fn steps(container: &Container) -> Vec<TokenStream> {
    let Container { krate, name, .. } = container;
    let private = quote!(#krate::__private);
    let mut steps = Vec::new();
    for (index, field) in container.fields.iter().enumerate() {
        if !matches!(field.kind, Kind::Service | Kind::Module) {
            continue;
        }
        let (cell, ty) = (&field.name, &field.ty);
        let held = held(container, field);
        let key = option(field.group.as_ref().and_then(|membership| membership.key.as_ref()));
        steps.push(quote! {
            #index => {
                let made = #private::Make::<#name, #ty>::make::<__F, #held>(slots, #key);
                __F::fill::<#held>(&mut slots.#cell, made)
            }
        });
    }
    for (index, group) in container.groups.iter().enumerate() {
        let node = container.fields.len() + index;
        let cell = group_cell(index);
        let interface = &group.interface;
        let members = members(container, group);
        steps.push(quote! {
            #node => {
                let members = #members;
                slots.#cell = __F::filled::<#krate::Many<#interface>>(members);
                ::core::result::Result::Ok(())
            }
        });
    }
    steps
}

fn option(key: Option<&LitStr>) -> TokenStream {
    match key {
        Some(key) => quote!(::core::option::Option::Some(#key)),
        None => quote!(::core::option::Option::None),
    }
}

/// The members of a group in declaration order; a module's members stand where the module does.
fn members(container: &Container, group: &Group) -> TokenStream {
    let krate = &container.krate;
    let private = quote!(#krate::__private);
    let interface = &group.interface;
    let fields: Vec<&Field> = group.members.iter().filter_map(|index| container.fields.get(*index)).collect();
    let one = |field: &Field| {
        let (cell, ty) = (&field.name, &field.ty);
        let held = held(container, field);
        let key = option(field.group.as_ref().and_then(|membership| membership.key.as_ref()));
        let member = match field.kind {
            Kind::Input | Kind::Inherit => quote!(__F::read::<#held>(&slots.#cell).clone()),
            _ => quote_spanned!(ty.span()=> <#held as ::core::clone::Clone>::clone(__F::read::<#held>(&slots.#cell))),
        };
        quote!((#key, #member))
    };
    if fields.iter().all(|field| field.kind != Kind::Module) {
        let count = fields.len();
        let each = fields.into_iter().map(one);
        return quote! {{
            let members: [(#private::Key, #private::Arc<#interface>); #count] = [#(#each),*];
            #krate::Many::<#interface>::of(members)
        }};
    }
    let each = fields.into_iter().map(|field| {
        let (cell, ty) = (&field.name, &field.ty);
        if field.kind == Kind::Module {
            quote! {
                let module = <#ty as #krate::Container>::many::<#interface>(__F::read::<#ty>(&slots.#cell));
                members.extend(module.entries().map(|(key, member)| (key, #private::Arc::clone(member))));
            }
        } else {
            let one = one(field);
            quote!(members.push(#one);)
        }
    });
    quote! {{
        let mut members = #private::Vec::<(#private::Key, #private::Arc<#interface>)>::new();
        #(#each)*
        #krate::Many::<#interface>::new(members)
    }}
}

/// A container is a service: it needs what it inherits, and it provides what it exports.
fn as_a_service(container: &Container) -> TokenStream {
    let Container { krate, name, inputs, .. } = container;
    let private = quote!(#krate::__private);
    let text_of_name = name.to_string();
    let interfaces = container.exports.iter().map(text);
    let members = container.of_kind(Kind::Inherit).map(|field| {
        let (name, key, wanted) = (field.plain_name(), key_of(field), wanted(field));
        quote!(#private::Member { name: #name, key: #key, wanted: #private::Wanted::#wanted })
    });
    let (deps, _) = inherited(container);
    let (args, pattern, value) = if container.has_inputs() {
        (quote!((#inputs,)), quote!((inputs,)), quote!(inputs))
    } else {
        (quote!(()), quote!(()), quote!(#inputs {}))
    };
    let slots = container.exports.iter().enumerate().map(|(index, interface)| {
        let share = quote_spanned!(interface.span()=> <Self as #krate::Container>::shared::<#interface>(holder));
        let lend = quote_spanned!(interface.span()=> <Self as #krate::Container>::get::<#interface>(holder));
        quote! {
            #[automatically_derived]
            impl<__C> #private::Slot<#index, __C> for #name {
                type Interface = #interface;
                type Holder = Self;

                #[inline(always)]
                fn share(holder: &Self) -> #private::Arc<Self::Interface> {
                    #share
                }

                #[inline(always)]
                fn lend(holder: &Self) -> &Self::Interface {
                    #lend
                }
            }
        }
    });
    let hidden = hidden_macro(name, arms(container));
    quote! {
        #[automatically_derived]
        impl #krate::Service for #name {
            const NAME: &'static str = #text_of_name;
            const INTERFACES: &'static [&'static str] = &[#(#interfaces),*];
            const MEMBERS: &'static [#private::Member] = &[#(#members),*];
            type Deps = #deps;
            type Args = #args;
            type Mode = #private::Mode<
                { <#name as #krate::Container>::GRAPH.is_async() },
                { <#name as #krate::Container>::GRAPH.is_fallible() },
            >;

            #[inline]
            fn construct<__H: #private::Hold<Self>>(deps: Self::Deps, #pattern: Self::Args, _: #private::Key) -> #private::Made<__H> {
                #private::nested::<Self, __H>(deps, #value)
            }
        }
        #(#slots)*
        #hidden
    }
}

/// The counts for a container around this one, and the definition for one that is derived from it.
fn arms(container: &Container) -> TokenStream {
    let interfaces = container.exports.len();
    let needs = container.of_kind(Kind::Inherit).count();
    let args: Vec<_> = container.of_kind(Kind::Input).map(Field::plain_name).collect();
    let definition = &container.definition;
    quote! {
        (@definition [$($callback:tt)*] $($rest:tt)*) => {
            $($callback)*! { { #definition } $($rest)* }
        };
        ([$($callback:tt)*] $($field:tt)*) => {
            $($callback)*! {
                { interfaces [#interfaces] needs [#needs] args [#(#args),*] key [false] at_once [true] }
                $($field)*
            }
        };
    }
}

/// DI0008: the build is what it is pinned to be.
fn pinned(container: &Container) -> Option<TokenStream> {
    let Container { krate, name, .. } = container;
    container.build.as_ref().map(|build| {
        let word = &build.word;
        let rule = format_ident!("{}", word, span = word.span());
        let check = quote_spanned!(word.span()=> #krate::__private::check::#rule(&<#name as #krate::Container>::GRAPH));
        quote!(const _: () = #check;)
    })
}

/// The bindings and the node of what comes from outside: no service has to be asked.
fn own_bindings(container: &Container, index: usize, field: &Field) -> TokenStream {
    let Container { krate, name, .. } = container;
    let private = quote!(#krate::__private);
    let cell = &field.name;
    let caret = Caret::under(&field.ty);
    let head = quote_spanned!(caret.first=> impl);
    let app = proc_macro2::Ident::new(&name.to_string(), caret.last);
    let qualifier = field.qualifier.iter();
    let inherits = field.kind == Kind::Inherit;
    let (provided, qualifier) = if inherits { (None, None) } else { (Some(()), qualifier.clone().next()) };
    let _ = provided;
    let qualifier: Vec<_> = qualifier.into_iter().collect();
    let bindings = if field.group.is_some() && field.registration == Registration::GroupOnly {
        TokenStream::new()
    } else {
        match field.shape() {
            Shape::Arc(key @ syn::Type::TraitObject(_)) => quote! {
                #head #private::Provides<#key #(, #qualifier)*> for #app {
                    const INDEX: usize = #index;
                    type Source = #private::Arc<#key>;

                    #[inline(always)]
                    fn source<__S: #private::State>(slots: &Self::Slots<__S>) -> #private::Arc<#key> {
                        #private::Arc::clone(__S::read::<#private::Arc<#key>>(&slots.#cell))
                    }

                    #[inline(always)]
                    fn borrow(slots: &Self::Slots<#private::Ready>) -> &(#key + 'static) {
                        &*slots.#cell
                    }
                }
            },
            Shape::Arc(key) => keeps(container, index, cell, quote!(#key), &qualifier, caret),
            Shape::Value => {
                let ty = &field.ty;
                keeps(container, index, cell, quote!(#ty), &qualifier, caret)
            }
            Shape::Many(key) => quote! {
                #head #krate::ProvidesMany<#key> for #app {
                    const INDEX: usize = #index;

                    #[inline(always)]
                    fn many<__S: #private::State>(slots: &Self::Slots<__S>) -> &#krate::Many<#key> {
                        __S::read::<#krate::Many<#key>>(&slots.#cell)
                    }
                }
            },
            Shape::Optional(key) => quote! {
                #head #krate::ProvidesOptional<#key #(, #qualifier)*> for #app {
                    const INDEX: ::core::option::Option<usize> = ::core::option::Option::Some(#index);
                    type Source = ::core::option::Option<#private::Arc<#key>>;

                    #[inline(always)]
                    fn optional<__S: #private::State>(slots: &Self::Slots<__S>) -> Self::Source {
                        __S::read::<Self::Source>(&slots.#cell).clone()
                    }
                }
            },
        }
    };
    let (field_name, service) = (field.plain_name(), key_of(field));
    let kind = if inherits { quote!(Inherited) } else { quote!(Input) };
    let entry = field.entry;
    let group = text_option(field.group.as_ref().map(|membership| text(&membership.interface)));
    quote! {
        const _: () = {
            #bindings

            impl #private::Field<#index> for #name {
                const NODE: #krate::graph::Node = #krate::graph::Node {
                    field: #field_name,
                    service: #service,
                    kind: #krate::graph::Kind::#kind,
                    group: #group,
                    entry: #entry,
                    ..#krate::graph::Node::EMPTY
                };
            }
        };
    }
}

fn keeps(container: &Container, index: usize, cell: &proc_macro2::Ident, ty: TokenStream, qualifier: &[&syn::Type], caret: Caret) -> TokenStream {
    let Container { krate, name, .. } = container;
    let private = quote!(#krate::__private);
    let head = quote_spanned!(caret.first=> impl);
    let app = proc_macro2::Ident::new(&name.to_string(), caret.last);
    quote! {
        #head #private::Keeps<#ty #(, #qualifier)*> for #app {
            const INDEX: usize = #index;

            #[inline(always)]
            fn cell<__S: #private::State>(slots: &Self::Slots<__S>) -> &__S::Cell<#private::Arc<#ty>> {
                &slots.#cell
            }
        }
    }
}

/// A group: a node that needs its members and answers `Many<dyn I>`.
fn group_node(container: &Container, index: usize, group: &Group) -> TokenStream {
    let Container { krate, name, .. } = container;
    let private = quote!(#krate::__private);
    let interface = &group.interface;
    let key = text(interface);
    let cell = group_cell(index - container.fields.len());
    let caret = Caret::under(interface);
    let head = quote_spanned!(caret.first=> impl);
    let app = proc_macro2::Ident::new(&name.to_string(), caret.last);
    let edges = group.members.iter().filter_map(|member| {
        let field = container.fields.get(*member)?;
        let (member_name, service) = (field.plain_name(), text(&field.ty));
        Some(quote! {
            #private::Edge::new(
                &#private::Member { name: #member_name, key: #service, wanted: #private::Wanted::One },
                #private::Target::Node(#member),
            )
        })
    });
    quote! {
        const _: () = {
            #head #krate::ProvidesMany<#interface> for #app {
                const INDEX: usize = #index;

                #[inline(always)]
                fn many<__S: #private::State>(slots: &Self::Slots<__S>) -> &#krate::Many<#interface> {
                    __S::read::<#krate::Many<#interface>>(&slots.#cell)
                }
            }

            impl #private::Field<#index> for #name {
                const NODE: #krate::graph::Node = #krate::graph::Node {
                    field: #key,
                    service: #key,
                    kind: #krate::graph::Kind::Group,
                    edges: &[#(#edges),*],
                    ..#krate::graph::Node::EMPTY
                };
            }
        };
    }
}

fn absent(container: &Container, interface: &syn::Type) -> TokenStream {
    let Container { krate, name, .. } = container;
    let private = quote!(#krate::__private);
    let caret = Caret::under(interface);
    let head = quote_spanned!(caret.first=> impl);
    let app = proc_macro2::Ident::new(&name.to_string(), caret.last);
    quote! {
        #[automatically_derived]
        #head #krate::ProvidesOptional<#interface> for #app {
            const INDEX: ::core::option::Option<usize> = ::core::option::Option::None;
            type Source = #private::Absent;

            #[inline(always)]
            fn optional<__S: #private::State>(_: &Self::Slots<__S>) -> #private::Absent {
                #private::Absent
            }
        }
    }
}

/// The call of the hidden macro that travels under the field's type; the fallback takes types that have none.
fn field_call(container: &Container, index: usize, field: &Field) -> TokenStream {
    let Container { krate, name, .. } = container;
    let private = quote!(#krate::__private);
    let spec = Spec {
        container: name.clone(),
        krate: krate.clone(),
        nodes: container.nodes(),
        index,
        name: field.name.clone(),
        ty: field.ty.clone(),
        kind: field.kind,
        registration: field.registration,
        qualifier: field.qualifier.clone(),
        group: field.group.as_ref().map(|membership| text(&membership.interface)),
        key: field.group.as_ref().and_then(|membership| membership.key.as_ref()).map(LitStr::value),
        entry: field.entry,
        repeats: field.repeats,
    };
    let call = quote!([#private::field] #spec);
    match macro_path(&field.ty) {
        Some(path) => quote! {
            const _: () = {
                #[allow(unused_imports)]
                use #private::not_a_service as __service;
                {
                    #[allow(unused_imports)]
                    use #path as __service;
                    {
                        #[allow(unused_imports)]
                        use #krate as _;
                        __service! { #call }
                    }
                }
            };
        },
        None => quote! {
            const _: () = {
                #private::field! { {} #spec }
            };
        },
    }
}

/// The path of a type without its generic arguments; nothing for what is no path, or a built-in type.
fn macro_path(ty: &syn::Type) -> Option<TokenStream> {
    const BUILT_IN: &[&str] = &[
        "bool", "char", "str", "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize", "f32",
        "f64", "Self",
    ];
    let syn::Type::Path(path) = ty else { return None };
    if path.qself.is_some() || path.path.segments.first().is_some_and(|first| BUILT_IN.contains(&first.ident.to_string().as_str())) {
        return None;
    }
    let leading = path.path.leading_colon;
    let segments = path.path.segments.iter().map(|segment| &segment.ident);
    Some(quote!(#leading #(#segments)::*))
}

fn key_of(field: &Field) -> String {
    match field.shape() {
        Shape::Arc(key) | Shape::Many(key) | Shape::Optional(key) => text(key),
        Shape::Value => text(&field.ty),
    }
}

fn wanted(field: &Field) -> proc_macro2::Ident {
    let wanted = match field.shape() {
        Shape::Many(_) => Wanted::Many,
        Shape::Optional(_) => Wanted::Optional,
        Shape::Arc(_) | Shape::Value => Wanted::One,
    };
    format_ident!("{}", format!("{wanted:?}"))
}

pub(super) fn text_option(text: Option<String>) -> TokenStream {
    match text {
        Some(text) => quote!(::core::option::Option::Some(#text)),
        None => quote!(::core::option::Option::None),
    }
}
