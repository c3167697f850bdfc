//! A trait as the tokens that it was written in, read as far as an interface has to know.
//!
//! Its body goes on as one token, exactly as it came: nothing of it is written again. What the compiler itself would say of
//! a trait is left to the compiler.

use std::iter::Peekable;

use proc_macro2::token_stream::IntoIter;
use proc_macro2::{Delimiter, Group, Ident, Spacing, TokenStream, TokenTree};
use quote::quote;

/// A trait, taken apart where something is put in.
pub(crate) struct TraitTokens {
    /// Its attributes, `#` and brackets each.
    pub(crate) attributes: Vec<TokenTree>,
    /// All from the visibility to the type parameters.
    pub(crate) head: Vec<TokenTree>,
    pub(crate) name: Ident,
    pub(crate) has_params: bool,
    /// The supertraits, without the colon.
    pub(crate) bounds: Vec<TokenTree>,
    /// `where ..`
    pub(crate) clause: Vec<TokenTree>,
    /// What that says of `Self`.
    pub(crate) sized: Sized,
    body: Group,
    pub(crate) members: Vec<Member>,
}

/// What a trait asks for.
pub(crate) enum Member {
    Const {
        name: Ident,
        tokens: TokenStream,
    },
    Type {
        name: Ident,
        has_params: bool,
        sized: Sized,
    },
    Method(Method),
    /// What may be left out of this build: `#[cfg(..)]` stands on it.
    Conditional {
        is_async: bool,
        is_type: bool,
    },
}

/// Whether a `where` clause says that `Self` has a size known at compile time: then it is not for objects.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Sized {
    No,
    Yes,
    /// It depends on a trait of which the text does not tell.
    Perhaps,
}

/// The type of `self`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Receiver {
    /// Every object has it, or there is none.
    Known,
    /// No object has it: a reference to something else than `Self`.
    Refused,
    /// The compiler knows.
    Other,
}

/// A function of a trait.
pub(crate) struct Method {
    pub(crate) name: Ident,
    pub(crate) is_async: bool,
    pub(crate) has_receiver: bool,
    /// The first of its type parameters, with its name.
    pub(crate) type_param: Option<(String, TokenStream)>,
    /// `impl Trait` among its arguments, which is a type parameter without a name.
    pub(crate) taken_impl: Option<Ident>,
    /// `Self` among its arguments.
    pub(crate) taken_self: Option<Ident>,
    /// `impl Trait` in what it returns.
    pub(crate) returned_impl: Option<Ident>,
    /// `Self` in what it returns.
    pub(crate) returned_self: Option<Ident>,
    pub(crate) receiver: Receiver,
    pub(crate) sized: Sized,
}

type Tokens = Peekable<IntoIter>;

impl TraitTokens {
    /// Nothing, if it is not a trait.
    pub(crate) fn read(item: &TokenStream) -> Option<Self> {
        let mut tokens = item.clone().into_iter().peekable();
        // A trait out of a macro may be one token.
        if let Some(TokenTree::Group(group)) = tokens.peek()
            && group.delimiter() == Delimiter::None
            && let Some(read) = Self::read(&group.stream())
        {
            return Some(read);
        }
        let attributes = attributes(&mut tokens);
        let mut head = Vec::new();
        loop {
            let token = tokens.next()?;
            let (is_trait, may_stand_before) = match &token {
                TokenTree::Ident(word) => {
                    let word = word.to_string();
                    (word == "trait", word == "pub" || word == "unsafe")
                }
                TokenTree::Group(_) => (false, true),
                TokenTree::Punct(_) | TokenTree::Literal(_) => (false, false),
            };
            head.push(token);
            if is_trait {
                break;
            }
            if !may_stand_before {
                return None;
            }
        }
        let TokenTree::Ident(name) = tokens.next()? else { return None };
        head.push(name.clone().into());
        let params = in_angles(&mut tokens);
        let has_params = params.len() > 2;
        head.extend(params);
        if is_punct(tokens.peek(), ':') {
            tokens.next();
        }
        let bounds = until(&mut tokens, is_clause_or_body);
        let clause = until(&mut tokens, |token| is_brace(token).is_some());
        let body = is_brace(&tokens.next()?)?.clone();
        let members = members(&body);
        let sized = sized(&clause);
        Some(Self { attributes, head, name, has_params, bounds, clause, sized, body, members })
    }

    /// Its body, as it was written.
    pub(crate) fn body(&self) -> TokenTree {
        self.body.clone().into()
    }

    /// Its body, in which what objects cannot have asks for `Self: Sized`: after an error about that, nothing is said again.
    pub(crate) fn body_for_objects(&self, refused: &[&Ident]) -> TokenTree {
        let is_refused =
            |token: Option<&TokenTree>| matches!(token, Some(TokenTree::Ident(name)) if refused.contains(&name));
        let mut tokens = self.body.stream().into_iter().peekable();
        let mut written = TokenStream::new();
        while let Some(token) = tokens.next() {
            let is_member = is_word(&token, "fn") || is_word(&token, "type");
            written.extend([token]);
            if is_member && is_refused(tokens.peek()) {
                let is_end = |token: &TokenTree| is_punct(Some(token), ';') || is_brace(token).is_some();
                written.extend(until(&mut tokens, |token| is_word(token, "where") || is_end(token)));
                // What was written there comes behind it.
                tokens.next_if(|token| is_word(token, "where"));
                written.extend(quote!(where Self: ::core::marker::Sized,));
            }
        }
        let mut body = Group::new(Delimiter::Brace, written);
        body.set_span(self.body.span());
        body.into()
    }
}

fn members(body: &Group) -> Vec<Member> {
    let mut tokens = body.stream().into_iter().peekable();
    let mut members = Vec::new();
    while tokens.peek().is_some() {
        let is_conditional = attributes(&mut tokens).iter().any(is_condition);
        let first = members.len();
        let mut is_async = false;
        // The words before the name: what it is.
        loop {
            let token = tokens.next();
            let keyword = match &token {
                Some(TokenTree::Ident(word)) => word.to_string(),
                _ => String::new(),
            };
            match token {
                None => break,
                Some(TokenTree::Ident(_)) if keyword == "async" => is_async = true,
                Some(TokenTree::Ident(word)) if keyword == "const" => {
                    let mut written = vec![word.into()];
                    written.extend(until(&mut tokens, |token| is_punct(Some(token), ';')));
                    written.extend(tokens.next());
                    if let Some(TokenTree::Ident(name)) = written.get(1).cloned() {
                        members.push(Member::Const { name, tokens: written.into_iter().collect() });
                    }
                    break;
                }
                Some(TokenTree::Ident(_)) if keyword == "type" => {
                    if let Some(TokenTree::Ident(name)) = tokens.next() {
                        let has_params = in_angles(&mut tokens).len() > 2;
                        until(&mut tokens, |token| is_word(token, "where") || is_punct(Some(token), ';'));
                        let clause = until(&mut tokens, |token| is_punct(Some(token), ';'));
                        members.push(Member::Type { name, has_params, sized: sized(&clause) });
                    }
                    break;
                }
                Some(TokenTree::Ident(_)) if keyword == "fn" => {
                    members.extend(method(&mut tokens, is_async).map(Member::Method));
                    break;
                }
                // `unsafe`, `extern "C"`, a macro's call.
                Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => break,
                Some(TokenTree::Punct(punct)) if punct.as_char() == ';' => break,
                Some(_) => {}
            }
        }
        if is_punct(tokens.peek(), ';') {
            tokens.next();
        }
        if is_conditional && members.len() > first {
            let is_type = members[first..].iter().any(|member| matches!(member, Member::Type { .. }));
            members.truncate(first);
            members.push(Member::Conditional { is_async, is_type });
        }
    }
    members
}

/// `[cfg(..)]`, `[cfg_attr(..)]`
fn is_condition(attribute: &TokenTree) -> bool {
    let TokenTree::Group(group) = attribute else { return false };
    group.stream().into_iter().next().is_some_and(|word| is_word(&word, "cfg") || is_word(&word, "cfg_attr"))
}

/// A function, behind its `fn`.
fn method(tokens: &mut Tokens, is_async: bool) -> Option<Method> {
    let TokenTree::Ident(name) = tokens.next()? else { return None };
    let params = in_angles(tokens);
    let TokenTree::Group(arguments) = tokens.next()? else { return None };
    let is_end = |token: &TokenTree| is_punct(Some(token), ';') || is_brace(token).is_some();
    let output = until(tokens, |token| is_word(token, "where") || is_end(token));
    let clause = until(tokens, is_end);
    tokens.next();
    let (receiver, taken) = taken(&arguments);
    Some(Method {
        name,
        is_async,
        has_receiver: has_receiver(&arguments),
        type_param: type_param(&params),
        taken_impl: found(&taken, is_impl),
        taken_self: found(&taken, is_self),
        returned_impl: found(&output, is_impl),
        returned_self: found(&output, is_self),
        receiver: receiver_of(&receiver),
        sized: sized(&clause),
    })
}

/// The type of the receiver, if it is written, and all other arguments.
fn taken(arguments: &Group) -> (Vec<TokenTree>, Vec<TokenTree>) {
    let mut tokens = arguments.stream().into_iter().peekable();
    attributes(&mut tokens);
    if !has_receiver(arguments) {
        return (Vec::new(), tokens.collect());
    }
    let is_comma = |token: &TokenTree| is_punct(Some(token), ',');
    until(&mut tokens, |token| is_comma(token) || is_punct(Some(token), ':'));
    let receiver = until(&mut tokens, is_comma);
    (receiver, tokens.collect())
}

/// `: Self`, and what points to it.
fn receiver_of(receiver: &[TokenTree]) -> Receiver {
    let mut words = Vec::new();
    let mut lifetime = false;
    for token in receiver {
        match token {
            TokenTree::Punct(punct) => lifetime = punct.as_char() == '\'',
            TokenTree::Ident(_) if lifetime => lifetime = false,
            other => words.push(other.to_string()),
        }
    }
    let borrows = receiver.iter().any(|token| is_punct(Some(token), '&'));
    words.retain(|word| !matches!(word.as_str(), "mut" | "std" | "alloc" | "core" | "boxed" | "rc" | "sync" | "pin"));
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        [] | ["Self"] | ["Pin", "Self"] => Receiver::Known,
        ["Box" | "Rc" | "Arc", "Self"] | ["Pin", "Box" | "Rc" | "Arc", "Self"] if !borrows => Receiver::Known,
        ["Box" | "Rc" | "Arc", "Self"] => Receiver::Refused,
        _ => Receiver::Other,
    }
}

/// The first token, anywhere in these, for which a question is answered with yes; it is asked with the next one.
fn found(tokens: &[TokenTree], is_it: fn(&Ident, Option<&TokenTree>) -> bool) -> Option<Ident> {
    tokens.iter().enumerate().find_map(|(index, token)| match token {
        TokenTree::Ident(word) if is_it(word, tokens.get(index + 1)) => Some(word.clone()),
        TokenTree::Group(group) => found(&group.stream().into_iter().collect::<Vec<_>>(), is_it),
        _ => None,
    })
}

fn is_impl(word: &Ident, _: Option<&TokenTree>) -> bool {
    word == "impl"
}

/// The type, and not the beginning of `Self::Item` or `<Self as Feed>::Item`.
fn is_self(word: &Ident, next: Option<&TokenTree>) -> bool {
    word == "Self" && !is_punct(next, ':') && !next.is_some_and(|next| is_word(next, "as"))
}

/// `self`, behind whatever borrows it.
fn has_receiver(arguments: &Group) -> bool {
    let mut tokens = arguments.stream().into_iter().peekable();
    attributes(&mut tokens);
    loop {
        match tokens.next() {
            Some(TokenTree::Punct(punct)) if punct.as_char() == '&' => {}
            Some(TokenTree::Punct(punct)) if punct.as_char() == '\'' => drop(tokens.next()),
            Some(TokenTree::Ident(word)) if word == "mut" => {}
            Some(TokenTree::Ident(word)) => return word == "self",
            _ => return false,
        }
    }
}

/// The first parameter that is neither a lifetime nor a constant.
fn type_param(params: &[TokenTree]) -> Option<(String, TokenStream)> {
    let inner = params.get(1..params.len().checked_sub(1)?)?;
    let mut depth = 0_i32;
    let separated = inner.split(|token| {
        depth += angle(token);
        depth == 0 && is_punct(Some(token), ',')
    });
    separated
        .map(|param| {
            let attributes = param.chunks(2).take_while(|pair| is_punct(pair.first(), '#')).count() * 2;
            &param[attributes..]
        })
        .find_map(|param| match param.first() {
            Some(TokenTree::Ident(name)) if name != "const" => {
                Some((name.to_string(), param.iter().cloned().collect()))
            }
            _ => None,
        })
}

/// What a `where` clause says of the size of `Self`.
fn sized(clause: &[TokenTree]) -> Sized {
    let mut said = Sized::No;
    for predicate in parts(clause.get(1..).unwrap_or_default(), ',') {
        let [TokenTree::Ident(word), TokenTree::Punct(colon), bounds @ ..] = predicate else { continue };
        if word != "Self" || colon.as_char() != ':' || colon.spacing() == Spacing::Joint {
            continue;
        }
        for bound in parts(bounds, '+') {
            match last_name(bound).as_deref() {
                Some("Sized" | "Clone" | "Copy" | "Default") => return Sized::Yes,
                None | Some("Send" | "Sync" | "Unpin" | "Debug" | "Display") => {}
                Some(_) => said = Sized::Perhaps,
            }
        }
    }
    said
}

/// The name of a bound, without its path and its arguments; nothing of a lifetime.
fn last_name(bound: &[TokenTree]) -> Option<String> {
    if is_punct(bound.first(), '\'') {
        return None;
    }
    let path = bound.iter().take_while(|token| !is_punct(Some(token), '<'));
    path.filter_map(|token| match token {
        TokenTree::Ident(word) => Some(word.to_string()),
        _ => None,
    })
    .last()
}

/// What stands between these, outside of angle brackets.
fn parts(tokens: &[TokenTree], separator: char) -> impl Iterator<Item = &[TokenTree]> {
    let mut depth = 0_i32;
    let mut follows_dash = false;
    tokens.split(move |token| {
        if !follows_dash {
            depth += angle(token);
        }
        follows_dash = is_punct(Some(token), '-');
        depth == 0 && is_punct(Some(token), separator)
    })
}

/// Takes all attributes that come next.
fn attributes(tokens: &mut Tokens) -> Vec<TokenTree> {
    let mut taken = Vec::new();
    while is_punct(tokens.peek(), '#') {
        taken.extend(tokens.next());
        taken.extend(tokens.next());
    }
    taken
}

/// `<..>`, if that is what comes next.
fn in_angles(tokens: &mut Tokens) -> Vec<TokenTree> {
    let mut taken = Vec::new();
    if !is_punct(tokens.peek(), '<') {
        return taken;
    }
    let mut depth = 0_i32;
    let mut follows_dash = false;
    for token in tokens.by_ref() {
        if !follows_dash {
            depth += angle(&token);
        }
        follows_dash =
            matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '-' && punct.spacing() == Spacing::Joint);
        taken.push(token);
        if depth == 0 {
            break;
        }
    }
    taken
}

/// Takes what comes before that.
fn until(tokens: &mut Tokens, is_end: impl Fn(&TokenTree) -> bool) -> Vec<TokenTree> {
    let mut taken = Vec::new();
    while let Some(token) = tokens.next_if(|token| !is_end(token)) {
        taken.push(token);
    }
    taken
}

fn is_clause_or_body(token: &TokenTree) -> bool {
    is_word(token, "where") || is_brace(token).is_some()
}

fn is_brace(token: &TokenTree) -> Option<&Group> {
    match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => Some(group),
        _ => None,
    }
}

fn is_word(token: &TokenTree, word: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == word)
}

fn is_punct(token: Option<&TokenTree>, character: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == character)
}

/// How a token changes the depth of angle brackets.
fn angle(token: &TokenTree) -> i32 {
    match token {
        TokenTree::Punct(punct) if punct.as_char() == '<' => 1,
        TokenTree::Punct(punct) if punct.as_char() == '>' => -1,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn read(item: &str) -> TraitTokens {
        TraitTokens::read(&item.parse().unwrap()).unwrap()
    }

    /// What is said of a trait's members, a word each.
    #[track_caller]
    fn check(members: &str, expected: &[&str]) {
        let found = read(&format!("trait I {{ {members} }}")).members;
        let found = found.into_iter().map(|member| match member {
            Member::Const { name, tokens } => format!("const {name}: {}", tokens.to_string().replace(' ', "")),
            Member::Type { name, has_params, sized } => format!("type {name} {has_params} {sized:?}"),
            Member::Conditional { is_async, is_type } => format!("conditional {is_async} {is_type}"),
            Member::Method(method) => {
                let words = [
                    ("async", method.is_async),
                    ("self", method.has_receiver),
                    ("refused", method.receiver == Receiver::Refused),
                    ("other", method.receiver == Receiver::Other),
                    ("takes impl", method.taken_impl.is_some()),
                    ("takes Self", method.taken_self.is_some()),
                    ("returns impl", method.returned_impl.is_some()),
                    ("returns Self", method.returned_self.is_some()),
                    ("sized", method.sized == Sized::Yes),
                    ("perhaps sized", method.sized == Sized::Perhaps),
                ];
                let words = words.iter().filter(|(_, holds)| *holds).map(|(word, _)| (*word).to_owned());
                let param = method.type_param.map(|(name, tokens)| format!("{name} in {tokens}"));
                let words = words.chain(param).collect::<Vec<_>>();
                format!("fn {} {}", method.name, words.join(", "))
            }
        });
        assert_eq!(found.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_trait_is_taken_apart_at_its_bounds() {
        let read = read(
            "#[doc = \"a\"] pub(crate) unsafe trait I<'a, T: Fn() -> Vec<u8>>: A + B<T> where T: C { fn f(&self); }",
        );
        let text = |tokens: &[TokenTree]| tokens.iter().cloned().collect::<TokenStream>().to_string();
        assert_eq!(text(&read.bounds), "A + B < T >");
        assert_eq!(text(&read.clause), "where T : C");
        assert!(read.has_params && read.name == "I" && read.attributes.len() == 2);
        assert_eq!(read.members.len(), 1);
    }

    #[test]
    fn what_is_not_a_trait_is_not_read() {
        for item in ["pub struct S { a: u8 }", "impl I for S {}", "enum E {}", "", "impl trait"] {
            assert!(TraitTokens::read(&item.parse().unwrap()).is_none(), "{item}");
        }
    }

    #[test]
    fn receivers_in_each_form() {
        check(
            "fn a(&self); fn b(self: Arc<Self>, x: u8) {} fn c(&'a mut self); fn d(mut self); fn e(#[x] self); fn f(x: u8); fn g();",
            &["fn a self", "fn b self", "fn c self", "fn d self", "fn e self", "fn f ", "fn g "],
        );
    }

    #[test]
    fn parameters_outputs_and_clauses() {
        check(
            "fn a<'x, const N: usize, T: Into<Vec<u8>>, U>(&self) -> Self; fn b(&self) -> Vec<Self> where Self: Sized; \
             fn c<F>(&self) -> Self where F: Fn() -> u8, Self: Sized { self } async fn d(&self) -> u8;",
            &[
                "fn a self, returns Self, T in T : Into < Vec < u8 >>",
                "fn b self, returns Self, sized",
                "fn c self, returns Self, sized, F in F",
                "fn d async, self",
            ],
        );
    }

    #[test]
    fn constants_types_and_macros() {
        check(
            "const N: usize = { 1 }; #[doc = \"x\"] type Item<'a>: Clone where Self: 'a; type Plain; more! { fn x(); } more!(); unsafe fn f(&self) {} extern \"C\" fn g(&self);",
            &["const N: constN:usize={1};", "type Item true No", "type Plain false No", "fn f self", "fn g self"],
        );
    }

    #[test]
    fn what_no_object_has() {
        check(
            "fn a(&self, other: &Self); fn b(&self, f: impl Fn(u8)) -> Vec<impl Copy>; fn c(&self) -> Option<Self>; \
             fn d(&self, item: Self::Item) -> <Self as Feed>::Item; fn e(self: &Arc<Self>); fn f(self: Me); \
             fn g(self: std::pin::Pin<&'a mut Self>, x: u8); fn h(self: Pin<Box<Self>>);",
            &[
                "fn a self, takes Self",
                "fn b self, takes impl, returns impl",
                "fn c self, returns Self",
                "fn d self",
                "fn e self, refused",
                "fn f self, other",
                "fn g self",
                "fn h self",
            ],
        );
    }

    #[test]
    fn what_is_left_out_of_objects_or_of_the_build() {
        check(
            "fn a() where Self: Clone; fn b() where T: Into<Self>, Self: Send + std::marker::Sized; fn c() where Self: Send; \
             fn d() where Self: Other<Vec<u8>>; fn e() where Self::Item: Sized; type Item<T>: Copy where Self: Sized; \
             #[cfg(test)] fn fresh() -> Self; #[cfg(test)] async fn later(&self); #[cfg(unix)] type Fd: Send; \
             #[doc = \"x\"] fn f(&self);",
            &[
                "fn a sized",
                "fn b sized",
                "fn c ",
                "fn d perhaps sized",
                "fn e ",
                "type Item true Yes",
                "conditional false false",
                "conditional true false",
                "conditional false true",
                "fn f self",
            ],
        );
    }

    #[test]
    fn a_macro_may_have_written_the_visibility() {
        let mut item: TokenStream = TokenTree::from(Group::new(Delimiter::None, quote!(pub))).into();
        item.extend(quote!(
            trait I {
                fn f(&self);
            }
        ));
        assert_eq!(TraitTokens::read(&item).map(|read| read.name.to_string()), Some("I".to_owned()));
        let whole = TokenTree::from(Group::new(
            Delimiter::None,
            quote!(
                pub trait I {}
            ),
        ));
        assert!(TraitTokens::read(&whole.into()).is_some());
    }
}
