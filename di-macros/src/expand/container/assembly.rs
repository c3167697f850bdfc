//! The slots of a container, and how they are filled.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::LitStr;

use super::super::{local, pairs};
use crate::model::container::{Container, Group};
use crate::model::listed::{Field, Kind, Shape};
use crate::model::service::wrapped;
use crate::spans::Caret;

/// The slots, and the two traits that work on them.
pub(super) fn the_container(container: &Container) -> TokenStream {
    let Container { krate, name, inputs, .. } = container;
    let private = quote!(#krate::__private);
    let text = name.to_string();
    let cells = cells(container);
    let allowed = container.allowed();
    let nodes = container.nodes();
    let indices = 0..nodes;
    let (names, types): (Vec<_>, Vec<_>) = cells.iter().map(|(_, name, ty)| (name, ty)).unzip();
    let numbers = cells.iter().map(|(index, ..)| index);
    let places = 0..nodes;
    let finish = quote!(<Self::Building as #private::Filling>::finish);
    let (inherited, taken) = inherited(container);
    let supplied = container.of_kind(Kind::Input).map(|field| &field.name);
    let begun = cells.iter().map(|(index, name, ty)| begun(container, *index, name, ty));
    let held =
        container.fields.iter().enumerate().filter(|(_, field)| matches!(field.kind, Kind::Service | Kind::Module));
    let held =
        held.map(|(index, Field { name, ty, .. })| quote!(#index => #private::ServiceProbe::<#ty>::held(&slots.#name)));
    quote! {
        const _: () = {
            #[allow(unused_imports)]
            use #private::NoService as _;

            /// The fields, in a state.
            #(#allowed)*
            pub struct Slots<__S: #private::State> {
                #(#names: __S::Cell<#types>,)*
                __deferred: __S::Deferred<#name>,
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

                type Deferring = #private::Deferring<{ <#name as #krate::Container>::GRAPH.defers() }>;

                #[inline(always)]
                fn slots(&self) -> &Slots<#private::Ready> {
                    &self.slots
                }

                #[inline(always)]
                fn deferred<__S: #private::State>(slots: &Slots<__S>) -> &__S::Deferred<Self> {
                    &slots.__deferred
                }
            }

            #[automatically_derived]
            impl #private::Assemble for #name {
                type Inherited = #inherited;
                type Building = <<#name as #krate::Service>::Mode as #krate::Moded>::Building;
                const CYCLIC: bool = #private::check::cyclic::<#nodes>(&<#name as #krate::Container>::GRAPH);

                #[inline(always)]
                fn begin(#taken: #inherited, #inputs { #(#supplied),* }: #inputs) -> Slots<Self::Building> {
                    Slots { #(#begun,)* __deferred: ::core::default::Default::default() }
                }

                #[inline(always)]
                fn fill<__R: #private::Round<Self>>(slots: &mut Slots<Self::Building>, round: &mut __R) -> #private::Filled {
                    const ORDER: &[usize] = <#name as #krate::Container>::GRAPH.order;
                    #(
                        if let ::core::result::Result::Err(cause) = #private::place::<Self, __R, { ORDER[#places] }>(slots, round) {
                            return ::core::result::Result::Err(cause);
                        }
                    )*
                    ::core::result::Result::Ok(())
                }

                fn visit<__V: #private::Visit<Self::Building>>(slots: &mut Slots<Self::Building>, node: usize, visitor: __V) -> __V::Output {
                    match node {
                        #(#numbers => visitor.cell::<#types>(&mut slots.#names),)*
                        _ => visitor.nothing(),
                    }
                }

                #[inline(always)]
                fn finish(slots: Slots<Self::Building>) -> (Self, <Self::Deferring as #private::Defers>::List<Self>) {
                    let ready = Slots { #(#names: #finish::<#types>(slots.#names),)* __deferred: () };
                    (Self { slots: ready }, slots.__deferred)
                }

                fn concurrently(
                    build: #private::Build<Self>,
                ) -> #krate::BuildFuture<::core::result::Result<Self, #krate::BuildError>> {
                    #krate::BuildFuture::new(build)
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

pub(super) fn group_cell(index: usize) -> Ident {
    format_ident!("__group_{}", index, span = Span::mixed_site())
}

/// Every cell: its node, its name, and the type of its value.
fn cells(container: &Container) -> Vec<(usize, Ident, TokenStream)> {
    let krate = &container.krate;
    let fields = container.fields.iter().enumerate();
    let fields = fields.filter_map(|(index, field)| held(container, field).map(|ty| (index, field.name.clone(), ty)));
    let groups = container.groups.iter().enumerate().map(|(index, group)| {
        let interface = &group.interface;
        (container.fields.len() + index, group_cell(index), quote!(#krate::Many<#interface>))
    });
    fields.chain(groups).collect()
}

/// What is inherited, as a list of pairs, and the pattern that takes it apart.
pub(super) fn inherited(container: &Container) -> (TokenStream, TokenStream) {
    let types = container.of_kind(Kind::Inherit).map(|field| {
        let ty = &field.ty;
        wrapped(&container.krate, ty, field.qualifier.as_ref())
    });
    let types = pairs(types);
    let inherited = container.fields.iter().enumerate().filter(|(_, field)| field.kind == Kind::Inherit);
    let pattern = pairs(
        inherited
            .map(|(index, _)| {
                let local = local(index);
                quote!(#local)
            })
            .collect::<Vec<_>>()
            .into_iter(),
    );
    (types, pattern)
}

/// A cell at the beginning: filled with what was given, or empty.
fn begun(container: &Container, index: usize, cell: &Ident, ty: &TokenStream) -> TokenStream {
    let private = {
        let krate = &container.krate;
        quote!(#krate::__private)
    };
    match container.fields.get(index) {
        Some(field) if field.kind == Kind::Input => {
            let value = match field.shape() {
                Shape::Value => quote!(#private::Arc::new(#cell)),
                Shape::Arc(_) | Shape::Many(_) | Shape::Optional(_) => quote!(#cell),
            };
            quote!(#cell: <Self::Building as #private::Filling>::filled::<#ty>(#value))
        }
        Some(field) if field.kind == Kind::Inherit => {
            let local = local(index);
            let value = if field.qualifier.is_some() { quote!(#local.value) } else { quote!(#local) };
            quote!(#cell: <Self::Building as #private::Filling>::filled::<#ty>(#value))
        }
        _ => quote!(#cell: <Self::Building as #private::Filling>::empty::<#ty>()),
    }
}

/// Collects a group.
pub(super) fn make_group(container: &Container, index: usize, group: &Group) -> TokenStream {
    let krate = &container.krate;
    let private = private(container);
    let cell = group_cell(index);
    let interface = &group.interface;
    let filling = quote!(Self::Building);
    let members = members(container, group, &filling);
    quote! {
        #[inline(always)]
        fn make(slots: &mut Self::Slots<Self::Building>) -> #private::Filled {
            let members = #members;
            slots.#cell = <Self::Building as #private::Filling>::filled::<#krate::Many<#interface>>(members);
            ::core::result::Result::Ok(())
        }
    }
}

fn private(container: &Container) -> TokenStream {
    let krate = &container.krate;
    quote!(#krate::__private)
}

/// The place of a type, for tokens that name local variables: in a derived container, the type comes out of a macro, whose
/// variables are not ours.
fn place(ty: &syn::Type) -> Span {
    Caret::under(ty).first.resolved_at(Span::call_site())
}

fn option(key: Option<&LitStr>) -> TokenStream {
    match key {
        Some(key) => quote!(::core::option::Option::Some(#key)),
        None => quote!(::core::option::Option::None),
    }
}

/// The members of a group in declaration order; a module's members stand where the module does.
fn members(container: &Container, group: &Group, filling: &TokenStream) -> TokenStream {
    let krate = &container.krate;
    let private = quote!(#krate::__private);
    let interface = &group.interface;
    let fields: Vec<&Field> = group.members.iter().filter_map(|index| container.fields.get(*index)).collect();
    let one = |field: &Field| {
        let (cell, ty) = (&field.name, &field.ty);
        let held = held(container, field);
        let key = option(field.group.as_ref().and_then(|membership| membership.key.as_ref()));
        let member = match field.kind {
            Kind::Input | Kind::Inherit => {
                quote!(::core::clone::Clone::clone(<#filling as #private::State>::read::<#held>(&slots.#cell)))
            }
            _ => {
                quote_spanned!(place(ty)=> <#held as ::core::clone::Clone>::clone(<#filling as #private::State>::read::<#held>(&slots.#cell)))
            }
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
            let key = option(field.group.as_ref().and_then(|membership| membership.key.as_ref()));
            quote_spanned! {place(ty)=>
                #private::Members::<#ty, #interface>::add(<#filling as #private::State>::read::<#ty>(&slots.#cell), #key, &mut members);
            }
        } else {
            let one = one(field);
            quote!(members.push(#one);)
        }
    });
    quote! {{
        #[allow(unused_imports)]
        use #private::OneMember as _;
        let mut members = #private::Vec::<(#private::Key, #private::Arc<#interface>)>::new();
        #(#each)*
        #krate::Many::<#interface>::new(members)
    }}
}
