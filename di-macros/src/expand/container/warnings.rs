//! DI0011 and DI0014: warnings about facts of the graph.
//!
//! A constant can fail, but it cannot warn. What can is the use of a deprecated item, so the fact chooses between two
//! constants of one name, of which one is deprecated.

use proc_macro2::TokenStream;
use quote::quote;

use crate::model::container::Container;
use crate::model::listed::{Field, Kind, Registration};
use crate::spans::{Caret, at};
use crate::text::text;

/// The warnings that a container may give.
pub(super) fn warnings(container: &Container) -> TokenStream {
    let unused = unused(container);
    let winding_down = container.fields.iter().enumerate().filter(|(_, field)| field.winding_down.is_some());
    let winding_down = winding_down.map(|(index, field)| concrete_consumers(container, index, field));
    quote!(#unused #(#winding_down)*)
}

/// DI0011, where the container names its entries: without them, every binding may be used from outside.
fn unused(container: &Container) -> TokenStream {
    if !container.fields.iter().any(|field| field.entry) {
        return TokenStream::new();
    }
    let Container { krate, name, .. } = container;
    let suspects = container.fields.iter().enumerate().filter(|(_, field)| {
        let is_built = matches!(field.kind, Kind::Service | Kind::Transient | Kind::Input | Kind::Inherit);
        is_built && field.registration != Registration::GroupOnly && !field.entry && !field.may_be_unused
    });
    let warnings = suspects.map(|(index, field)| {
        let (own, ty) = (field.plain_name(), text(&field.ty));
        let note = format!(
            "\n[DI0011] nothing in `{name}` needs `{own}: {ty}`\n\n  help: remove the field\n  help: or mark it `#[entry]`, if it is used from outside; `#[allow(unused)]` silences this\n  see docs/diagnostics/DI0011.md"
        );
        let fact = quote! {
            #krate::__private::check::used::<#name>(
                #index,
                <#name as #krate::Service>::INFO.interfaces,
            )
        };
        warning(field, quote!(unused_binding), &note, fact)
    });
    quote!(#(#warnings)*)
}

/// DI0014: a warning at each field that still asks for the concrete type.
fn concrete_consumers(container: &Container, index: usize, field: &Field) -> TokenStream {
    let Container { krate, name, .. } = container;
    let ty = text(&field.ty);
    let consumers = container.fields.iter().enumerate().filter(|(other, _)| *other != index);
    let warnings = consumers.map(|(consumer, consuming)| {
        let (own, consumer_ty) = (consuming.plain_name(), text(&consuming.ty));
        let note = format!(
            "\n[DI0014] `{own}: {consumer_ty}` asks for the concrete `{ty}`, which is being wound down\n\n  help: ask for one of its interfaces: `Arc<dyn ..>`\n  see docs/diagnostics/DI0014.md"
        );
        let fact = quote! {
            !#krate::__private::check::asks_concretely::<#name>(#consumer, #index)
        };
        warning(consuming, quote!(concrete_dependency), &note, fact)
    });
    quote!(#(#warnings)*)
}

/// A use of a constant that is deprecated where `fact` does not hold, with the caret under the field's type.
fn warning(field: &Field, what: TokenStream, note: &str, fact: TokenStream) -> TokenStream {
    let name = &field.name;
    let caret = Caret::under(&field.ty);
    let used = at(caret.first, quote!(#what::<{ __HOLDS }>::#name));
    quote! {
        const _: () = {
            const __HOLDS: bool = #fact;
            #[allow(non_camel_case_types)]
            struct #what<const HOLDS: bool>;
            #[allow(non_upper_case_globals, dead_code)]
            impl #what<true> {
                const #name: () = ();
            }
            #[allow(non_upper_case_globals, dead_code)]
            impl #what<false> {
                #[deprecated(note = #note)]
                const #name: () = ();
            }
            #used
        };
    }
}
