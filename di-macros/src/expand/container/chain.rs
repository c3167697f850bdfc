//! The chain through the hidden macros of a container's fields: each says its literal and calls the next.

use proc_macro::Delimiter;
use proc_macro2::{Ident, Punct, Spacing, Span, TokenStream};
use quote::{ToTokens as _, TokenStreamExt as _};
use syn::Path;

use super::item::krate;
use crate::model::container::Container;
use crate::model::listed::{Field, Kind};
use crate::spans::Caret;
use crate::template::{Template, Written, lex, together, within};
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
pub(super) fn chain(container: &Container, is_faulty: bool, written: &mut Written) {
    let links: Vec<&Path> = container.fields.iter().filter_map(macro_path).collect();
    let chunks: Vec<Vec<String>> = chunks(links.len());
    let said: Vec<String> = (0..chunks.len()).map(|chunk| format!("__said_{chunk}")).collect();

    let mut calls = Written::default();
    calls.text("use");
    krate(container, &mut calls);
    calls.text(" as _;");
    for (chunk, said) in chunks.iter().zip(&said) {
        write_call(chunk, &format!("[__collect [{said}]]"), &mut calls);
    }
    calls.braced(last(&said, &container.definition, is_faulty));

    let mut imports = Written::default();
    imports.text("use");
    krate(container, &mut imports);
    imports.text(" as _;");
    imports.tokens(imported(&links));
    imports.braced(calls);

    let mut whole = Written::default();
    whole.text("use");
    krate(container, &mut whole);
    whole.text("::__private::{collect as __collect, finish as __finish};");
    for (position, chunk) in chunks.iter().enumerate() {
        whole.text("use");
        krate(container, &mut whole);
        // A glob costs less than a name each.
        whole.text(&if position < CHUNKS {
            format!("::__private::unlisted::chunk_{position}::*;")
        } else {
            format!("::__private::{{not_a_service as {}}};", chunk.join(", not_a_service as "))
        });
    }
    whole.braced(imports);
    written.text("#[allow(unused_imports)] const _: () =");
    written.braced(whole);
    written.text(";");
}

/// The names of the links, in chunks.
fn chunks(links: usize) -> Vec<Vec<String>> {
    let names: Vec<String> = (0..links).map(|link| format!("__service_{link}")).collect();
    names.chunks(LINKS).map(<[String]>::to_vec).collect()
}

/// The hidden macros of all links, each under its name in the chain.
fn imported(links: &[&Path]) -> TokenStream {
    let mut imports = TokenStream::new();
    for (link, path) in links.iter().enumerate() {
        // So that a misspelt type is underlined, and not the attribute.
        let caret = Caret::under_path(path);
        imports.append(Ident::new("use", caret.first));
        path.leading_colon.to_tokens(&mut imports);
        for segment in path.segments.pairs() {
            segment.value().ident.to_tokens(&mut imports);
            segment.punct().to_tokens(&mut imports);
        }
        imports.append(Ident::new("as", caret.last));
        imports.append(Ident::new(&format!("__service_{link}"), Span::call_site().located_at(caret.last)));
        imports.append(Punct::new(';', Spacing::Alone));
    }
    imports
}

/// The first of the macros calls the next, and so on; the last one calls `end`.
fn write_call(links: &[String], end: &str, written: &mut Written) {
    let Some((first, others)) = links.split_first() else { return };
    written.text(first);
    written.text("! {");
    for link in others {
        written.text("[");
        written.text(link);
    }
    written.text(end);
    for _ in others {
        written.text("]");
    }
    written.text("{} }");
}

/// The call of all that was said, which ends with the definition of the container.
fn last(said: &[String], definition: &TokenStream, is_faulty: bool) -> Written {
    let mut names = said.iter().map(String::as_str).chain(["__finish"]);
    let first = names.next().unwrap_or_default();
    let faulty = is_faulty.then(|| lex("faulty"));
    let definition = within(Delimiter::Bracket, together(faulty.into_iter().chain([definition.clone()])));
    let more = names.rev().fold(definition, |more, name| within(Delimiter::Bracket, together([lex(name), more])));
    let mut contents = Written::default();
    contents.tokens(more);
    contents.text("{}");
    let mut call = Written::default();
    call.text(first);
    call.text("!");
    call.braced(contents);
    call
}

/// The path of a type, without whose generic arguments it is that of its macro; nothing for what has none.
fn macro_path(field: &Field) -> Option<&Path> {
    match &field.ty {
        syn::Type::Path(path) if has_hidden_macro(field) => Some(&path.path),
        _ => None,
    }
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
