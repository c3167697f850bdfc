//! The bindings that need no look into a service: inputs, what is inherited, groups, and what is absent.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::super::field::{keeps, under_type};
use super::super::text_option;
use super::assembly::{group_cell, make_group};
use super::listed::key_of;
use crate::model::container::{Container, Group};
use crate::model::listed::{Field, Kind, Registration, Shape};
use crate::spans::Caret;
use crate::text::text;

/// The bindings and the node of what comes from outside.
pub(super) fn own_bindings(container: &Container, index: usize, field: &Field) -> TokenStream {
    let Container { krate, name, .. } = container;
    let private = quote!(#krate::__private);
    let bindings = if field.registration == Registration::GroupOnly {
        TokenStream::new()
    } else {
        own_binding(container, index, field)
    };
    let (field_name, service) = (field.plain_name(), key_of(field));
    let kind = if field.kind == Kind::Inherit { quote!(Inherited) } else { quote!(Input) };
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

/// Whether a key has no size, as far as it is spelt out. [`Keeps`](keeps) is for those that have one.
fn is_unsized(key: &syn::Type) -> bool {
    match key {
        syn::Type::TraitObject(_) | syn::Type::Slice(_) => true,
        syn::Type::Path(path) => path.path.is_ident("str"),
        _ => false,
    }
}

/// The key that an input or an inherited field answers.
fn own_binding(container: &Container, index: usize, field: &Field) -> TokenStream {
    let Container { krate, name, .. } = container;
    let private = quote!(#krate::__private);
    let cell = &field.name;
    let caret = Caret::under(&field.ty);
    let app = Ident::new(&name.to_string(), caret.last);
    // A qualifier on an inherited field says how it is asked for, not how it answers.
    let qualifier = field.qualifier.as_ref().filter(|_| field.kind != Kind::Inherit);
    let under = qualifier.map(|qualifier| quote!(, #qualifier));
    let (header, body) = match field.shape() {
        Shape::Value => return keeps(krate, &app, caret, index, cell, &field.ty, qualifier),
        Shape::Arc(key) if is_unsized(key) => (
            quote!(impl #krate::Lends<#key #under> for #app),
            quote! {
                const INDEX: usize = #index;

                #[inline(always)]
                fn see<__S: #private::State>(slots: &Self::Slots<__S>, way: #private::Way) -> #private::Instance<'_, #key> {
                    way.of(__S::read::<#private::Arc<#key>>(&slots.#cell))
                }
            },
        ),
        Shape::Arc(key) => return keeps(krate, &app, caret, index, cell, key, qualifier),
        Shape::Many(key) => (
            quote!(impl #krate::ProvidesMany<#key> for #app),
            quote! {
                const INDEX: usize = #index;

                #[inline(always)]
                fn many<__S: #private::State>(slots: &Self::Slots<__S>) -> &#krate::Many<#key> {
                    __S::read::<#krate::Many<#key>>(&slots.#cell)
                }
            },
        ),
        Shape::Optional(key) => (
            quote!(impl #krate::ProvidesOptional<#key #under> for #app),
            quote! {
                const INDEX: ::core::option::Option<usize> = ::core::option::Option::Some(#index);

                #[inline(always)]
                fn take<__S: #private::State>(slots: &Self::Slots<__S>) -> ::core::option::Option<#private::Arc<#key>> {
                    ::core::clone::Clone::clone(__S::read::<::core::option::Option<#private::Arc<#key>>>(&slots.#cell))
                }

                type Again = ::core::option::Option<#private::Arc<#key>>;

                fn again<__S: #private::State>(slots: &Self::Slots<__S>) -> Self::Again {
                    <Self as #krate::ProvidesOptional<#key #under>>::take::<__S>(slots)
                }
            },
        ),
    };
    under_type(caret, header, body)
}

/// A group: a node that needs its members and answers `Many<dyn I>`.
pub(super) fn group_node(container: &Container, index: usize, group: &Group) -> TokenStream {
    let Container { krate, name, .. } = container;
    let private = quote!(#krate::__private);
    let interface = &group.interface;
    let key = text(interface);
    let cell = group_cell(index - container.fields.len());
    let caret = Caret::under(interface);
    let app = Ident::new(&name.to_string(), caret.last);
    let edges = group.members.iter().filter_map(|member| {
        let field = container.fields.get(*member)?;
        let (member_name, service) = (field.plain_name(), text(&field.ty));
        Some(quote! {
            #private::Edge::new(
                &#private::Member { name: #member_name, key: #service, wanted: #private::Wanted::One, qualifier: ::core::option::Option::None },
                #private::Target::Node(#member),
            )
        })
    });
    let binding = under_type(
        caret,
        quote!(impl #krate::ProvidesMany<#interface> for #app),
        quote! {
            const INDEX: usize = #index;

            #[inline(always)]
            fn many<__S: #private::State>(slots: &Self::Slots<__S>) -> &#krate::Many<#interface> {
                __S::read::<#krate::Many<#interface>>(&slots.#cell)
            }
        },
    );
    let make = make_group(container, index - container.fields.len(), group);
    quote! {
        const _: () = {
            #binding

            impl #private::Field<#index> for #name {
                const NODE: #krate::graph::Node = #krate::graph::Node {
                    field: #key,
                    service: #key,
                    kind: #krate::graph::Kind::Group,
                    edges: &[#(#edges),*],
                    ..#krate::graph::Node::EMPTY
                };

                #make
            }
        };
    }
}

/// The word that there is none of an interface. Where there is one, the word stands under a qualifier that nobody asks for,
/// so that it does not clash with what answers, and the check says so (DI0003).
pub(super) fn absent(container: &Container, interface: &syn::Type) -> TokenStream {
    let Container { krate, name, .. } = container;
    let private = quote!(#krate::__private);
    let caret = Caret::under(interface);
    let app = Ident::new(&name.to_string(), caret.last);
    let key = text(interface);
    let answer = under_type(
        caret,
        quote!(impl #krate::ProvidesOptional<#interface, <__Missing<{ __IS_MISSING }> as __Qualifier>::Of> for #app),
        quote! {
            const INDEX: ::core::option::Option<usize> = ::core::option::Option::None;

            #[inline(always)]
            fn take<__S: #private::State>(_: &Self::Slots<__S>) -> ::core::option::Option<#private::Arc<#interface>> {
                ::core::option::Option::None
            }

            type Again = ::core::option::Option<#private::Arc<#interface>>;

            fn again<__S: #private::State>(_: &Self::Slots<__S>) -> Self::Again {
                ::core::option::Option::None
            }
        },
    );
    let check = caret.constant(quote!(#private::check::absent::<#name>), quote!(__IS_MISSING, #key));
    quote! {
        const _: () = {
            const __IS_MISSING: bool = {
                #[allow(unused_imports)]
                use #private::Unanswered as _;
                #private::Target::is_missing(#private::Probe::<#name, #private::Arc<#interface>>::TARGET)
            };
            // Of this crate, so that coherence knows all that they implement.
            enum __Answered {}
            struct __Missing<const MISSING: bool>;
            trait __Qualifier {
                type Of;
            }
            impl __Qualifier for __Missing<true> {
                type Of = #private::Unqualified;
            }
            impl __Qualifier for __Missing<false> {
                type Of = __Answered;
            }
            #answer
            #check
        };
    }
}
