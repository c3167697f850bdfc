//! The chain through the hidden macros of a container's fields: each says its literal and calls the next.

use proc_macro2::{Ident, Punct, Spacing, TokenStream, TokenTree};
use quote::{ToTokens as _, TokenStreamExt as _, format_ident, quote};

use crate::model::container::Container;
use crate::model::listed::{Field, Kind};
use crate::spans::Caret;
use crate::template::Template;
use crate::trees::{Trees, stream};

/// How many macros call each other in a row: less than a fourth of the depth at which the compiler, and rust-analyzer, give up.
const LINKS: usize = 30;

/// How many chunks have stand-ins in `di_core::__private::unlisted`, which lists a name for each of their links.
const CHUNKS: usize = 8;

/// The chain, in chunks. Each ends in a macro that is defined where the container stands, so that nothing after it depends
/// on where a service stands.
///
/// However long the chain is, there are four blocks, one within the other: the stand-ins, the imports that come before them,
/// the calls, since what the calls may define yet keeps the compiler from looking further, and what is written at the end.
/// The compiler looks for each name of that in every block around it.
///
/// If there are faults in the declaration, which have been reported, a word before it says so to the end of the chain.
pub(super) fn chain(container: &Container, is_faulty: bool) -> TokenStream {
    let Container { krate, definition, .. } = container;
    let private = quote!(#krate::__private);
    let links: Vec<TokenStream> = container.fields.iter().filter_map(macro_path).collect();
    let chunks: Vec<&[TokenStream]> = links.chunks(LINKS).collect();
    let said: Vec<Ident> = (0..chunks.len()).map(|index| format_ident!("__said_{index}")).collect();
    let (mut stand_ins, mut imports, mut calls) = (TokenStream::new(), TokenStream::new(), TokenStream::new());
    for (position, (chunk, said)) in chunks.iter().zip(&said).enumerate() {
        let first = position * LINKS;
        let names: Vec<Ident> = (first..first + chunk.len()).map(|index| format_ident!("__service_{index}")).collect();
        for (path, name) in chunk.iter().zip(&names) {
            // So that a misspelt type is underlined, and not the attribute.
            let caret = Caret::under(path);
            imports.append(Ident::new("use", caret.first));
            path.to_tokens(&mut imports);
            imports.append(Ident::new("as", caret.last));
            imports.append(Ident::new(&name.to_string(), name.span().located_at(caret.last)));
            imports.append(Punct::new(';', Spacing::Alone));
        }
        // A glob costs less than a name each.
        stand_ins.extend(if position < CHUNKS {
            let stand_ins = format_ident!("chunk_{position}");
            quote!(use #private::unlisted::#stand_ins::*;)
        } else {
            quote!(use #private::{#(not_a_service as #names),*};)
        });
        calls.extend(call(&names, quote!([__collect [#said]])));
    }
    let faulty = is_faulty.then(|| quote!(faulty));
    let last = call(&said, quote!([__finish [#faulty #definition]]));
    quote! {
        #[allow(unused_imports)]
        const _: () = {
            use #private::{collect as __collect, finish as __finish};
            #stand_ins
            {
                use #krate as _;
                #imports
                {
                    use #krate as _;
                    #calls
                    { #last }
                }
            }
        };
    }
}

/// The first of the macros calls the next, and so on; the last one calls `end`.
fn call(links: &[Ident], end: TokenStream) -> TokenStream {
    let Some((first, others)) = links.split_first() else {
        let mut parts = end.into_iter();
        let end = match parts.next() {
            Some(TokenTree::Group(group)) => group.stream(),
            _ => TokenStream::new(),
        };
        let mut end = end.into_iter();
        let (name, more) = (end.next(), end.next());
        return quote!(#name! { #more {} });
    };
    let more = others.iter().rev().fold(end, |more, link| quote!([#link #more]));
    quote!(#first! { #more {} })
}

/// The path of a type without its generic arguments; nothing for what is no path, a built-in type, or not a service.
fn macro_path(field: &Field) -> Option<TokenStream> {
    let syn::Type::Path(path) = &field.ty else { return None };
    if !has_hidden_macro(field) {
        return None;
    }
    let leading = path.path.leading_colon;
    let segments = path.path.segments.iter().map(|segment| &segment.ident);
    Some(quote!(#leading #(#segments)::*))
}

/// Whether the chain goes through a field.
pub(super) fn has_hidden_macro(field: &Field) -> bool {
    !matches!(field.kind, Kind::Input | Kind::Inherit)
        && matches!(&field.ty, syn::Type::Path(path) if path.qself.is_none())
        && !is_built_in(&field.ty)
}

/// Whether a type is the language's own, which has no path to import.
fn is_built_in(ty: &syn::Type) -> bool {
    const BUILT_IN: &[&str] = &[
        "bool", "char", "str", "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize",
        "f32", "f64", "Self",
    ];
    let syn::Type::Path(path) = ty else { return false };
    path.path.segments.first().is_some_and(|first| BUILT_IN.contains(&first.ident.to_string().as_str()))
}

/// The end of a chunk: keeps what was said in a macro whose name, and place, is that of the container.
///
/// It stands in a module of its own: what was said has lines of services, which every edit moves, and much of what the compiler
/// checks it checks anew for a module in which something has changed.
pub(crate) fn collect(input: TokenStream) -> TokenStream {
    let mut parts = proc_macro::TokenStream::from(input).into_iter();
    let name: Trees = match parts.next() {
        Some(proc_macro::TokenTree::Group(name)) => name.stream().into_iter().collect(),
        _ => Trees::new(),
    };
    let place = name.first().map_or_else(proc_macro::Span::call_site, proc_macro::TokenTree::span);
    let mut said = Trees::new();
    flatten(parts.collect(), &mut said);
    for literal in &mut said {
        literal.set_span(place);
    }
    let kept = Template::new(
        "#[macro_use]
        mod $0 {
            macro_rules! $1 {
                ([$next:ident $more:tt] $said:tt) => { $next! { $more { $said { $2 } } } };
            }
        }",
    );
    stream(kept.fill(place, [name.clone(), name, said]))
}

/// The text of a literal as a hidden macro says it.
pub(super) fn said_by(literal: &proc_macro::TokenTree) -> Option<String> {
    let written = literal.to_string();
    let text = written.strip_prefix('r')?.trim_start_matches('#').trim_end_matches('#');
    Some(text.strip_prefix('"')?.strip_suffix('"')?.to_owned())
}

/// What was said, in order: `{ { {} "a" } "b" }` and `{ {} { "a" "b" } }` are `"a"`, `"b"`.
pub(super) fn flatten(said: proc_macro::TokenStream, literals: &mut Trees) {
    for token in said {
        match token {
            proc_macro::TokenTree::Group(group) => flatten(group.stream(), literals),
            literal => literals.push(literal),
        }
    }
}
