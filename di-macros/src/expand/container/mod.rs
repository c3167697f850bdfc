//! What `#[container]` writes: the struct, its inputs, its graph, how it is built, and a call per field.

mod as_service;
mod assembly;
mod bindings;
mod listed;
mod surface;
mod warnings;

pub(super) use listed::is_built_in;

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Item, ItemStruct};

use crate::errors::Errors;
use crate::model::container::{Args, Container};
use crate::model::listed::Kind;
use crate::{cfg, check};

/// Expands the attribute.
pub(crate) fn container(args: TokenStream, item: TokenStream) -> TokenStream {
    let parsed: ItemStruct = match syn::parse2(item.clone()) {
        Ok(parsed) => parsed,
        Err(error) => {
            let error = match syn::parse2::<Item>(item.clone()) {
                Ok(other) => syn::Error::new_spanned(
                    &other,
                    "[DI0012] `#[container]` stands on a struct: each field is something that exists\n  see docs/diagnostics/DI0012.md",
                ),
                Err(_) => error,
            };
            let error = error.to_compile_error();
            return quote!(#error #item);
        }
    };
    let mut errors = Errors::default();
    let read = Args::parse(args.clone(), &mut errors);
    if let Some(from) = &read.from {
        let expanded = super::overriding::call(from, &read, &parsed, &mut errors);
        let errors = errors.into_tokens();
        return quote!(#expanded #errors);
    }
    if let Some(replace) = &read.replace {
        errors.at(replace, "[DI0012] `replace(..)` needs `from = ..`: the container whose fields are replaced\n  see docs/diagnostics/DI0012.md");
    }
    let krate = crate::model::crate_path(read.krate.as_ref());
    if errors.is_empty()
        && let Some(split) = cfg::split(&quote!(#[#krate::container(#args)]), &Item::Struct(parsed.clone()))
    {
        return split;
    }
    let definition = quote!([#args] #parsed);
    let mut container = Container::of_struct(read, parsed, definition, &mut errors);
    check::container::check(&mut container, &mut errors);
    let expanded = if errors.allow_expansion() { expand(&container) } else { stub(&container) };
    let errors = errors.into_tokens();
    quote!(#expanded #errors)
}

/// After errors: what keeps other code from failing because of them, and the editor from losing the methods.
fn stub(container: &Container) -> TokenStream {
    let Container { krate, name, vis, attrs, .. } = container;
    let inputs = surface::inputs(container);
    let inputs_name = &container.inputs;
    quote! {
        #(#attrs)*
        #vis struct #name {}
        #inputs
        impl #name {
            #vis fn build(_: #inputs_name) -> Self {
                ::core::unreachable!()
            }

            #[allow(dead_code)]
            #vis fn get<__T: ?::core::marker::Sized>(&self) -> &__T {
                ::core::unreachable!()
            }

            #[allow(dead_code)]
            #vis fn shared<__T: ?::core::marker::Sized>(&self) -> #krate::__private::Arc<__T> {
                ::core::unreachable!()
            }

            #[allow(dead_code)]
            #vis fn many<__T: ?::core::marker::Sized>(&self) -> &#krate::Many<__T> {
                ::core::unreachable!()
            }
        }
    }
}

fn expand(container: &Container) -> TokenStream {
    let Container { krate, name, vis, attrs, .. } = container;
    let inputs = surface::inputs(container);
    let methods = surface::methods(container);
    let itself = assembly::the_container(container);
    let service = as_service::as_a_service(container);
    let pinned = as_service::pinned(container);
    let own =
        container.fields.iter().enumerate().filter(|(_, field)| matches!(field.kind, Kind::Input | Kind::Inherit));
    let own = own.map(|(index, field)| bindings::own_bindings(container, index, field));
    let groups = container
        .groups
        .iter()
        .enumerate()
        .map(|(index, group)| bindings::group_node(container, container.fields.len() + index, group));
    let listed = listed::field_calls(container);
    let warnings = warnings::warnings(container);
    let absent = container.absent.iter().map(|interface| bindings::absent(container, interface));
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
        #listed
        #warnings
    }
}
