//! Keys in groups that are constants: only the compiler knows whether two of them are one.

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};

use crate::check::graph::group as rule;
use crate::graph::{Graph, Key};
use crate::model::container::{Container, Group};
use crate::spans::{at, moved};
use crate::text::escaped;

/// The check of each key that is a constant against the keys before it.
pub(super) fn checks(container: &Container, graph: &Graph) -> TokenStream {
    container.groups.iter().map(|group| of_group(container, graph, group)).collect()
}

fn of_group(container: &Container, graph: &Graph, group: &Group) -> TokenStream {
    let krate = &container.krate;
    let private = quote!(#krate::__private);
    let own_key = |node: usize| {
        let membership = container.fields.get(node).and_then(|field| field.group.as_ref());
        membership.and_then(|membership| membership.key.as_ref()).map(ToTokens::to_token_stream).unwrap_or_default()
    };
    let has_key = |member: &&usize| graph.nodes[**member].key.is_some();
    let members: Vec<usize> = group.members.iter().filter(has_key).copied().collect();
    // A literal that stands behind a constant is compared with it, too.
    let first = members.iter().position(|member| matches!(graph.nodes[*member].key, Some(Key::Constant(_))));
    let Some(first) = first else { return TokenStream::new() };
    let checks = members.iter().enumerate().skip(first).map(|(position, member)| {
        let message = escaped(&rule::twice(&graph.nodes[*member]));
        let key = own_key(*member);
        let earlier = members[..position].iter().map(|earlier| own_key(*earlier));
        let place = key.clone().into_iter().next().map_or_else(proc_macro2::Span::call_site, |token| token.span());
        let is_taken = moved(place, quote!({ #private::is_taken(#key, &[#(#earlier),*]) }));
        let name = if *member == 0 { format_ident!("StandsOnce") } else { format_ident!("StandsOnce{member}") };
        let check = format_ident!("__key_{}", member);
        // What is underlined begins and ends at the key, and not in a macro of ours.
        let (begin, end) = (at(place, quote!(<#private::Taken<)), at(place, quote!(> as #name>::checked();)));
        let call = quote!(#begin #is_taken #end);
        quote! {
            #[diagnostic::on_unimplemented(message = #message, label = "an earlier member has this key")]
            trait #name {
                fn checked() {}
            }
            #[diagnostic::do_not_recommend]
            impl<K: #private::NotTaken> #name for K {}
            #[allow(dead_code)]
            fn #check() {
                #call
            }
        }
    });
    checks.collect()
}
