//! Structs as `syn` reads them, with a short way to the types that services hold.
//!
//! `syn` asks at each type for a dozen other forms before it comes to a path. A field of a service is nearly always
//! `Arc<dyn I>` or the like, and macros are compiled without optimisation, so that the detour is what most of `#[service]`
//! costs. What is not such a path, `syn` reads.

use proc_macro2::{Delimiter, Spacing, TokenStream};
use syn::buffer::Cursor;
use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{
    AngleBracketedGenericArguments, Attribute, Field, FieldModifiers, Fields, FieldsNamed, GenericArgument, Item,
    ItemStruct, Path, PathArguments, PathSegment, Token, TraitBound, TraitBoundModifiers, Type, TypeParamBound,
    TypePath, TypeTraitObject, Visibility, braced,
};

/// An item; a struct with named fields and no `where` in a shorter way.
pub(crate) fn item(tokens: TokenStream) -> syn::Result<Item> {
    match with_named_fields.parse2(tokens.clone()) {
        Ok(item) => Ok(Item::Struct(item)),
        // What is no such struct, or is wrong, `syn` reads and tells.
        Err(_) => syn::parse2(tokens),
    }
}

fn with_named_fields(input: ParseStream<'_>) -> syn::Result<ItemStruct> {
    let attrs = Attribute::parse_outer(input)?;
    let vis: Visibility = input.parse()?;
    let struct_token = input.parse::<Token![struct]>()?;
    let ident = input.parse()?;
    let generics = input.parse()?;
    let content;
    let brace_token = braced!(content in input);
    let named = Punctuated::parse_terminated_with(&content, field)?;
    let fields = Fields::Named(FieldsNamed { brace_token, named });
    Ok(ItemStruct { attrs, vis, struct_token, ident, generics, fields, semi_token: None })
}

fn field(input: ParseStream<'_>) -> syn::Result<Field> {
    Ok(Field {
        attrs: Attribute::parse_outer(input)?,
        vis: input.parse()?,
        modifiers: FieldModifiers::default(),
        ident: Some(input.parse()?),
        colon_token: Some(input.parse()?),
        ty: ty(input)?,
        default: None,
    })
}

/// A type up to a comma.
fn ty(input: ParseStream<'_>) -> syn::Result<Type> {
    let short = input.step(|cursor| match path_type(*cursor) {
        Some((ty, rest)) if ends(rest) => Ok((Some(ty), rest)),
        _ => Ok((None, *cursor)),
    })?;
    short.map_or_else(|| input.parse(), Ok)
}

fn ends(rest: Cursor<'_>) -> bool {
    rest.eof() || rest.punct().is_some_and(|(punct, _)| punct.as_char() == ',')
}

fn path_type(cursor: Cursor<'_>) -> Option<(Type, Cursor<'_>)> {
    let (path, rest) = path(cursor)?;
    Some((Type::Path(TypePath { attrs: Vec::new(), qself: None, path }), rest))
}

/// `a::b<C, dyn D>`, where no segment is a keyword that begins another form.
fn path(mut cursor: Cursor<'_>) -> Option<(Path, Cursor<'_>)> {
    let mut segments = Punctuated::new();
    loop {
        let (ident, rest) = cursor.ident()?;
        if ["dyn", "impl", "fn", "for", "unsafe", "extern", "const", "_", "true", "false"]
            .contains(&ident.to_string().as_str())
        {
            return None;
        }
        let (arguments, rest) = match arguments(rest) {
            Some((arguments, rest)) => (PathArguments::AngleBracketed(arguments), rest),
            None => (PathArguments::None, rest),
        };
        segments.push_value(PathSegment { ident, arguments });
        let Some((first, second, rest)) = colons(rest) else {
            let is_another_form = rest.group(Delimiter::Parenthesis).is_some()
                || rest.punct().is_some_and(|(punct, _)| ['<', '!', ':'].contains(&punct.as_char()));
            return (!is_another_form).then_some((Path { leading_colon: None, segments }, rest));
        };
        segments.push_punct(Token![::]([first, second]));
        cursor = rest;
    }
}

fn colons(cursor: Cursor<'_>) -> Option<(proc_macro2::Span, proc_macro2::Span, Cursor<'_>)> {
    let (first, rest) =
        cursor.punct().filter(|(punct, _)| punct.as_char() == ':' && punct.spacing() == Spacing::Joint)?;
    let (second, rest) = rest.punct().filter(|(punct, _)| punct.as_char() == ':')?;
    Some((first.span(), second.span(), rest))
}

/// `<A, dyn B>`, if each is a path or an object of one trait.
fn arguments(cursor: Cursor<'_>) -> Option<(AngleBracketedGenericArguments, Cursor<'_>)> {
    let (less, mut cursor) = cursor.punct().filter(|(punct, _)| punct.as_char() == '<')?;
    let mut args = Punctuated::new();
    loop {
        let (ty, rest) = object_type(cursor).or_else(|| path_type(cursor))?;
        args.push_value(GenericArgument::Type(ty));
        let (punct, rest) = rest.punct()?;
        match punct.as_char() {
            ',' => args.push_punct(Token![,](punct.span())),
            '>' => {
                let (lt_token, gt_token) = (Token![<](less.span()), Token![>](punct.span()));
                return Some((AngleBracketedGenericArguments { colon2_token: None, lt_token, args, gt_token }, rest));
            }
            _ => return None,
        }
        cursor = rest;
    }
}

/// `dyn a::I`
fn object_type(cursor: Cursor<'_>) -> Option<(Type, Cursor<'_>)> {
    let (word, rest) = cursor.ident().filter(|(word, _)| word == "dyn")?;
    let (path, rest) = path(rest)?;
    Some((Type::TraitObject(object(Token![dyn](word.span()), path)), rest))
}

/// The object of one trait.
pub(crate) fn object(dyn_token: Token![dyn], path: Path) -> TypeTraitObject {
    let bound =
        TraitBound { paren_token: None, lifetimes: None, modifiers: TraitBoundModifiers::default(), maybe: None, path };
    TypeTraitObject {
        attrs: Vec::new(),
        dyn_token: Some(dyn_token),
        bounds: std::iter::once(TypeParamBound::Trait(bound)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_short_way_reads_what_syn_reads() {
        let structs = [
            "pub struct A { pub(crate) b: Arc<dyn IB>, #[arg] c: u32 }",
            "struct A<T: IB, const N: usize> { b: std::sync::Arc<dyn app::IB<T>>, c: Option<Arc<B<T, C>>>, }",
            "struct A { b: Arc<dyn IB + Send>, c: &'static str, d: [u8; 3], e: fn(u8) -> u8, f: (A, B) }",
            "struct A { b: Factory<B, (u32, u8)>, c: Arc<dyn Fn(u8) -> u8>, d: <T as I>::B, e: ::std::sync::Arc<B> }",
            "struct A { b: Arc<dyn for<'a> IB<'a>>, c: m!(), d: T::Item, e: Arc<T::Item>, f: A<'static, 3, { N }, B = C> }",
            "struct A { b: Option<Option<Arc<B>>>, r#type: r#B, c: Self, d: dyn IB, e: impl IB, g: A::<B> }",
            "struct A { b: B<true>, c: Arc<C<-1>>, d: B<false, 'a'> }",
            "struct A<T> where T: IB { b: T }",
            "struct A(Arc<B>);",
            "impl A { fn new(b: Arc<B>) -> Self { Self } }",
            "fn a(b: Arc<B>) -> C { C }",
            "struct A { b: }",
            "struct A {} struct B {}",
        ];
        for text in structs {
            let tokens: TokenStream = text.parse().expect(text);
            let (ours, theirs) = (item(tokens.clone()), syn::parse2::<Item>(tokens));
            match (ours, theirs) {
                (Ok(ours), Ok(theirs)) => assert_eq!(format!("{ours:?}"), format!("{theirs:?}"), "{text}"),
                (Err(ours), Err(theirs)) => assert_eq!(ours.to_string(), theirs.to_string(), "{text}"),
                (ours, theirs) => panic!("{text}: {:?} and {:?}", ours.is_ok(), theirs.is_ok()),
            }
        }
    }

    #[test]
    fn what_most_services_hold_takes_the_short_way() {
        let short = |text: &str| {
            let tokens: TokenStream = text.parse().expect(text);
            let buffer = syn::buffer::TokenBuffer::new2(tokens.clone());
            let is_path = path_type(buffer.begin()).is_some_and(|(_, rest)| ends(rest));
            let item = quote::quote!(pub struct A { pub(crate) b: #tokens, });
            (is_path, with_named_fields.parse2(item).is_ok())
        };
        for text in ["Arc<dyn app::IB>", "Option<Arc<B<C, D>>>", "std::sync::Arc<B>", "Factory<B, C>", "u32"] {
            assert_eq!(short(text), (true, true), "{text}");
        }
        for text in ["&'static str", "(A, B)", "Arc<dyn IB + Send>", "<T as I>::B", "B<true>"] {
            assert_eq!(short(text), (false, true), "{text}");
        }
        assert!(with_named_fields.parse_str("struct A(B);").is_err());
    }
}
