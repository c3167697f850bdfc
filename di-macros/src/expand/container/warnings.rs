//! DI0011 and DI0014: warnings. A macro cannot warn; what can is the use of a deprecated item.

use proc_macro2::TokenStream;
use quote::quote;

use crate::check::graph::{used, winding_down};
use crate::graph::Graph;
use crate::model::container::Container;
use crate::spans::{Caret, at};
use crate::text::text;

/// The warnings that a container gives.
pub(super) fn warnings(container: &Container, graph: &Graph) -> TokenStream {
    let unused =
        used::unused(graph, container.exports.iter().map(text)).into_iter().map(|(node, text)| ("UNUSED", node, text));
    let winding_down = winding_down::warnings(graph).into_iter().map(|(node, text)| ("WINDING_DOWN", node, text));
    unused.chain(winding_down).filter_map(|(name, node, text)| warning(container, name, node, &text)).collect()
}

fn warning(container: &Container, name: &str, node: usize, text: &str) -> Option<TokenStream> {
    let field = container.fields.get(node)?;
    let name = syn::Ident::new(name, Caret::under_type(&field.ty).first);
    let note = format!("\n{text}");
    let used = at(Caret::under_type(&field.ty).first, quote!(#name));
    Some(quote! {
        const _: () = {
            #[deprecated(note = #note)]
            const #name: () = ();
            #used
        };
    })
}
