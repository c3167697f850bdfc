//! Carets, and the places of names.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Path, PathArguments, Type, TypeParamBound};

use crate::editor::is_the_editor;

/// The first and the last token of what the user wrote: on stable Rust there is no other way to underline all of it.
///
/// In the editor, which prints no messages of the compiler's from here, it is nowhere: whatever stood there would be a
/// definition to go to and docs to show, beside those of the user's token.
#[derive(Clone, Copy)]
pub(crate) struct Caret {
    pub(crate) first: Span,
    pub(crate) last: Span,
}

impl Caret {
    pub(crate) fn under(tokens: impl ToTokens) -> Self {
        if is_the_editor() {
            return Self { first: Span::call_site(), last: Span::call_site() };
        }
        let mut spans = tokens.into_token_stream().into_iter().map(|token| match token {
            TokenTree::Group(group) => (group.span_open(), group.span_close()),
            other => (other.span(), other.span()),
        });
        match spans.next() {
            None => Self { first: Span::call_site(), last: Span::call_site() },
            Some((first, end)) => Self { first, last: spans.last().map_or(end, |(_, last)| last) },
        }
    }

    /// Where a name stands.
    pub(crate) fn under_name(name: &Ident) -> Span {
        if is_the_editor() { Span::call_site() } else { name.span() }
    }

    /// The first and the last token of a type. Most types are paths, which need not become tokens for it.
    pub(crate) fn under_type(ty: &Type) -> Self {
        if is_the_editor() {
            return Self { first: Span::call_site(), last: Span::call_site() };
        }
        match ends(ty) {
            Some((first, last)) => Self { first, last },
            None => Self::under(ty),
        }
    }

    /// The first and the last name of a path, without arguments.
    pub(crate) fn under_path(path: &Path) -> Self {
        let nowhere = Self { first: Span::call_site(), last: Span::call_site() };
        if is_the_editor() {
            return nowhere;
        }
        let (Some(first), Some(last)) = (path.segments.first(), path.segments.last()) else { return nowhere };
        let first = path.leading_colon.map_or_else(|| first.ident.span(), |colon| colon.spans[0]);
        Self { first, last: last.ident.span() }
    }

    /// Arguments of a call, which ends where the user's tokens end.
    pub(crate) fn parenthesized(self, arguments: TokenStream) -> TokenTree {
        let mut group = Group::new(Delimiter::Parenthesis, arguments);
        group.set_span(self.last);
        group.into()
    }
}

/// The ends of a path, or of the object of one trait; nothing for what has another form.
fn ends(ty: &Type) -> Option<(Span, Span)> {
    let (first, path) = match ty {
        Type::Path(path) if path.qself.is_none() && path.path.leading_colon.is_none() => (None, &path.path),
        Type::TraitObject(object) if object.bounds.len() == 1 => match &object.bounds[0] {
            TypeParamBound::Trait(bound) if bound.paren_token.is_none() => (Some(object.dyn_token?.span), &bound.path),
            _ => return None,
        },
        _ => return None,
    };
    let last = match &path.segments.last()?.arguments {
        PathArguments::None => path.segments.last()?.ident.span(),
        PathArguments::AngleBracketed(arguments) => arguments.gt_token.spans[0],
        PathArguments::Parenthesized(_) => return None,
    };
    Some((first.unwrap_or(path.segments.first()?.ident.span()), last))
}

/// A line of a source file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Location {
    /// The file, as the compiler was given it.
    pub(crate) file: String,
    pub(crate) line: usize,
}

impl Location {
    /// Where a name stands; nothing outside of a macro call, and in the editor, which does not tell.
    pub(crate) fn of(name: &Ident) -> Option<Self> {
        if !proc_macro::is_available() || is_the_editor() {
            return None;
        }
        let span = name.span().unwrap();
        Some(Self { file: span.file(), line: span.line() })
    }
}

/// The tokens, all at one place.
pub(crate) fn at(span: Span, tokens: TokenStream) -> TokenStream {
    tokens
        .into_iter()
        .map(|token| match token {
            TokenTree::Group(group) => {
                let mut moved = Group::new(group.delimiter(), at(span, group.stream()));
                moved.set_span(span);
                moved.into()
            }
            mut other => {
                other.set_span(span);
                other
            }
        })
        .collect()
}

/// The tokens, all shown at one place; what each name means stays as it was.
pub(crate) fn moved(span: Span, tokens: TokenStream) -> TokenStream {
    tokens
        .into_iter()
        .map(|mut token| {
            if let TokenTree::Group(group) = &token {
                token = Group::new(group.delimiter(), moved(span, group.stream())).into();
            }
            token.set_span(token.span().located_at(span));
            token
        })
        .collect()
}
