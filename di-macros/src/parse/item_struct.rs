//! Structs as `syn` reads them, with a short way to those that most services are.
//!
//! `syn` copies all tokens first, and asks at each type for a dozen other forms before it comes to a path. A field of a
//! service is nearly always `Arc<dyn I>` or the like, and macros are compiled without optimisation, so that the detour is what
//! most of `#[service]` costs. What is no struct of such fields, `syn` reads.

use proc_macro2::{Delimiter, Group, Ident, Punct, Spacing, Span, TokenStream, TokenTree};
use syn::buffer::Cursor;
use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{
    AngleBracketedGenericArguments, AttrStyle, Attribute, Expr, ExprLit, Field, FieldModifiers, Fields, FieldsNamed,
    GenericArgument, Generics, Item, ItemStruct, Lit, MacroDelimiter, Meta, MetaList, MetaNameValue, Path,
    PathArguments, PathSegment, Token, TraitBound, TraitBoundModifiers, Type, TypeParamBound, TypePath,
    TypeTraitObject, VisRestricted, Visibility, token,
};

/// An item; a struct without parameters, whose fields have names and paths for types, in a shorter way.
pub(crate) fn item(tokens: TokenStream) -> syn::Result<Item> {
    item_and_fields(tokens).map(|(item, _)| item)
}

/// An item and, if it was read in the shorter way, the braces with its fields.
pub(crate) fn item_and_fields(tokens: TokenStream) -> syn::Result<(Item, Option<Group>)> {
    match with_named_fields(tokens.clone()) {
        Some((item, braces)) => Ok((Item::Struct(item), Some(braces))),
        // What is no such struct, or is wrong, `syn` reads and tells.
        None => Ok((syn::parse2(tokens)?, None)),
    }
}

fn with_named_fields(tokens: TokenStream) -> Option<(ItemStruct, Group)> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let (attrs, rest) = attributes(&tokens)?;
    let (vis, keyword, rest) = visibility_and_name(rest)?;
    let (ident, rest) = name(rest)?;
    if keyword.text != "struct" || is_reserved(&ident.text) {
        return None;
    }
    let [TokenTree::Group(braces)] = rest else { return None };
    if braces.delimiter() != Delimiter::Brace {
        return None;
    }
    let item = ItemStruct {
        attrs,
        vis,
        struct_token: Token![struct](keyword.ident.span()),
        ident: ident.ident,
        generics: Generics::default(),
        fields: Fields::Named(FieldsNamed {
            brace_token: token::Brace { span: braces.delim_span() },
            named: fields(braces)?,
        }),
        semi_token: None,
    };
    Some((item, braces.clone()))
}

fn fields(braces: &Group) -> Option<Punctuated<Field, Token![,]>> {
    let tokens: Vec<TokenTree> = braces.stream().into_iter().collect();
    let mut rest = tokens.as_slice();
    let mut fields = Punctuated::new();
    while !rest.is_empty() {
        let (attrs, after) = attributes(rest)?;
        let (vis, ident, after) = visibility_and_name(after)?;
        let (colon, after) = punct(after, ':')?;
        let (ty, after) = path_type(after)?;
        if is_reserved(&ident.text) || colon.spacing() == Spacing::Joint {
            return None;
        }
        fields.push_value(Field {
            attrs,
            vis,
            modifiers: FieldModifiers::default(),
            ident: Some(ident.ident),
            colon_token: Some(Token![:](colon.span())),
            ty,
            default: None,
        });
        rest = after;
        if !rest.is_empty() {
            let (comma, after) = punct(rest, ',')?;
            fields.push_punct(Token![,](comma.span()));
            rest = after;
        }
    }
    Some(fields)
}

fn attributes(mut rest: &[TokenTree]) -> Option<(Vec<Attribute>, &[TokenTree])> {
    let mut attributes = Vec::new();
    while let [TokenTree::Punct(pound), TokenTree::Group(group), after @ ..] = rest {
        attributes.push(attribute(pound, group)?);
        rest = after;
    }
    Some((attributes, rest))
}

fn attribute(pound: &Punct, group: &Group) -> Option<Attribute> {
    let tokens: Vec<TokenTree> = group.stream().into_iter().collect();
    let meta = match tokens.as_slice() {
        [TokenTree::Ident(name)] => Meta::Path(name.clone().into()),
        [TokenTree::Ident(name), TokenTree::Punct(equals), TokenTree::Literal(literal)] => {
            Meta::NameValue(MetaNameValue {
                path: name.clone().into(),
                eq_token: Token![=](equals.span()),
                // Nobody asks what it says, and to read each line of docs costs as much as to read a field.
                value: Expr::Lit(ExprLit { attrs: Vec::new(), lit: Lit::Verbatim(literal.clone()) }),
            })
        }
        [TokenTree::Ident(name), TokenTree::Group(list)] if list.delimiter() == Delimiter::Parenthesis => {
            Meta::List(MetaList {
                path: name.clone().into(),
                delimiter: MacroDelimiter::Paren(token::Paren { span: list.delim_span() }),
                tokens: list.stream(),
            })
        }
        _ => {
            let tokens = [TokenTree::from(pound.clone()), TokenTree::from(group.clone())];
            return Attribute::parse_outer.parse2(tokens.into_iter().collect()).ok()?.pop();
        }
    };
    Some(Attribute {
        pound_token: Token![#](pound.span()),
        style: AttrStyle::Outer,
        bracket_token: token::Bracket { span: group.delim_span() },
        meta,
    })
}

/// A visibility, if there is one, and the name behind it.
fn visibility_and_name(rest: &[TokenTree]) -> Option<(Visibility, Name, &[TokenTree])> {
    let (first, after) = name(rest)?;
    if first.text != "pub" {
        return Some((Visibility::Inherited, first, after));
    }
    let pub_token = Token![pub](first.ident.span());
    let (vis, after) = match after {
        [TokenTree::Group(group), after @ ..] if group.delimiter() == Delimiter::Parenthesis => {
            let inner: Vec<TokenTree> = group.stream().into_iter().collect();
            let [TokenTree::Ident(inside)] = inner.as_slice() else { return None };
            let restricted = VisRestricted {
                pub_token,
                paren_token: token::Paren { span: group.delim_span() },
                in_token: None,
                path: Box::new(inside.clone().into()),
            };
            (Visibility::Restricted(restricted), after)
        }
        _ => (Visibility::Public(pub_token), after),
    };
    let (name, after) = name(after)?;
    Some((vis, name, after))
}

/// A name, and how it is spelt.
struct Name {
    ident: Ident,
    text: String,
}

fn name(rest: &[TokenTree]) -> Option<(Name, &[TokenTree])> {
    let [TokenTree::Ident(ident), after @ ..] = rest else { return None };
    Some((Name { text: ident.to_string(), ident: ident.clone() }, after))
}

fn punct(rest: &[TokenTree], wanted: char) -> Option<(&Punct, &[TokenTree])> {
    match rest {
        [TokenTree::Punct(punct), after @ ..] if punct.as_char() == wanted => Some((punct, after)),
        _ => None,
    }
}

/// Whether a word begins another form than a path, or is no name.
fn is_reserved(word: &str) -> bool {
    matches!(word, "dyn" | "impl" | "fn" | "for" | "unsafe" | "extern" | "const" | "_" | "true" | "false")
}

fn path_type(rest: &[TokenTree]) -> Option<(Type, &[TokenTree])> {
    let (first, after) = name(rest)?;
    let (path, rest) = path(first, after)?;
    Some((Type::Path(TypePath { attrs: Vec::new(), qself: None, path }), rest))
}

/// `a::b<C, dyn D>`, where no segment is a keyword that begins another form.
fn path(mut segment: Name, mut rest: &[TokenTree]) -> Option<(Path, &[TokenTree])> {
    let mut segments = Punctuated::new();
    loop {
        if is_reserved(&segment.text) {
            return None;
        }
        let arguments = match punct(rest, '<') {
            Some((less, after)) => {
                let (arguments, after) = arguments(less.span(), after)?;
                rest = after;
                PathArguments::AngleBracketed(arguments)
            }
            None => PathArguments::None,
        };
        segments.push_value(PathSegment { ident: segment.ident, arguments });
        match rest {
            [TokenTree::Punct(first), TokenTree::Punct(second), after @ ..]
                if first.as_char() == ':' && first.spacing() == Spacing::Joint && second.as_char() == ':' =>
            {
                segments.push_punct(Token![::]([first.span(), second.span()]));
                (segment, rest) = name(after)?;
            }
            // What may stand behind a type; anything else makes it another form.
            [] => return Some((Path { leading_colon: None, segments }, rest)),
            [TokenTree::Punct(next), ..] if matches!(next.as_char(), ',' | '>') => {
                return Some((Path { leading_colon: None, segments }, rest));
            }
            _ => return None,
        }
    }
}

/// `<A, dyn B>` behind its `<`, if each is a path or an object of one trait.
fn arguments(less: Span, mut rest: &[TokenTree]) -> Option<(AngleBracketedGenericArguments, &[TokenTree])> {
    let mut args = Punctuated::new();
    loop {
        let (first, after) = name(rest)?;
        let (ty, after) = if first.text == "dyn" {
            let (inner, after) = name(after)?;
            let (path, after) = path(inner, after)?;
            (Type::TraitObject(object(Token![dyn](first.ident.span()), path)), after)
        } else {
            let (path, after) = path(first, after)?;
            (Type::Path(TypePath { attrs: Vec::new(), qself: None, path }), after)
        };
        args.push_value(GenericArgument::Type(ty));
        if let Some((comma, after)) = punct(after, ',') {
            args.push_punct(Token![,](comma.span()));
            rest = after;
            continue;
        }
        let (greater, after) = punct(after, '>')?;
        let (lt_token, gt_token) = (Token![<](less), Token![>](greater.span()));
        return Some((AngleBracketedGenericArguments { colon2_token: None, lt_token, args, gt_token }, after));
    }
}

/// A type up to a comma; a lone name in a shorter way.
pub(crate) fn ty(input: ParseStream<'_>) -> syn::Result<Type> {
    let short = input.step(|cursor| match cursor.ident() {
        Some((name, rest)) if ends(rest) && !is_reserved(&name.to_string()) => Ok((Some(name), rest)),
        _ => Ok((None, *cursor)),
    })?;
    match short {
        Some(name) => Ok(Type::Path(TypePath { attrs: Vec::new(), qself: None, path: name.into() })),
        None => input.parse(),
    }
}

fn ends(rest: Cursor<'_>) -> bool {
    rest.eof() || rest.punct().is_some_and(|(punct, _)| punct.as_char() == ',')
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
            "/// Docs.\n#[derive(Debug, Clone)] #[doc(hidden)] #[a::b = 3] #[c] #[d[1]] #[e = f!()] pub(in a::b) struct A { b: B }",
            "#[doc = 3] #[x = -3] pub(super) struct A { /** Docs. */ #[inject(default)] pub b: B, c: C }",
            "struct A { b: Vec<u8,>, c: C<D>::E, d: D<> }",
            "struct A { b::c: D }",
            "struct dyn { b: B }",
            "struct A { b: B, , }",
            "struct A { b: B c: C }",
            "struct A { #![inner] b: B }",
        ];
        for text in structs {
            let tokens: TokenStream = text.parse().expect(text);
            let (ours, theirs) = (item(tokens.clone()), syn::parse2::<Item>(tokens));
            match (ours, theirs) {
                (Ok(ours), Ok(theirs)) => {
                    assert_eq!(format!("{:?}", with_literals(ours)), format!("{theirs:?}"), "{text}");
                }
                (Err(ours), Err(theirs)) => assert_eq!(ours.to_string(), theirs.to_string(), "{text}"),
                (ours, theirs) => panic!("{text}: {:?} and {:?}", ours.is_ok(), theirs.is_ok()),
            }
        }
    }

    /// The item with the literals of its attributes read, which only the shorter way leaves as they are.
    fn with_literals(mut item: Item) -> Item {
        let Item::Struct(read) = &mut item else { return item };
        let attributes = read.attrs.iter_mut().chain(read.fields.iter_mut().flat_map(|field| &mut field.attrs));
        for attribute in attributes {
            if let Meta::NameValue(MetaNameValue { value: Expr::Lit(ExprLit { lit, .. }), .. }) = &mut attribute.meta
                && let Lit::Verbatim(literal) = lit
            {
                *lit = Lit::new(literal.clone());
            }
        }
        item
    }

    #[test]
    fn what_most_services_are_takes_the_short_way() {
        let is_short = |text: &str| with_named_fields(text.parse().expect(text)).is_some();
        for ty in ["Arc<dyn app::IB>", "Option<Arc<B<C, D>>>", "std::sync::Arc<B>", "Factory<B, C>", "u32"] {
            let text = format!("/// Docs.\n#[derive(Debug)]\npub struct A {{ #[arg] pub(crate) b: {ty}, }}");
            assert!(is_short(&text), "{ty}");
        }
        for ty in ["&'static str", "(A, B)", "Arc<dyn IB + Send>", "<T as I>::B", "B<true>", "m!()", "fn(A)"] {
            assert!(!is_short(&format!("struct A {{ b: {ty} }}")), "{ty}");
        }
        for text in ["struct A(B);", "struct A<T> { b: T }", "struct A;", "union A { b: B }", "enum A { B }"] {
            assert!(!is_short(text), "{text}");
        }
    }
}
