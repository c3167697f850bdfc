//! What a trait asks for, as far as an interface has to know.

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};

use super::sized::{Sized, sized};
use super::tokens::{Tokens, angle, attributes, in_angles, is_brace, is_punct, is_word, until};

/// One thing that a trait asks for.
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

/// What stands in the braces of a trait.
pub(super) fn members(body: &Group) -> Vec<Member> {
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
    let Arguments { has_receiver, receiver, others } = Arguments::of(&arguments);
    Some(Method {
        name,
        is_async,
        has_receiver,
        type_param: type_param(&params),
        taken_impl: found(&others, is_impl),
        taken_self: found(&others, is_self),
        returned_impl: found(&output, is_impl),
        returned_self: found(&output, is_self),
        receiver: receiver_of(&receiver),
        sized: sized(&clause),
    })
}

/// What a function takes.
struct Arguments {
    has_receiver: bool,
    /// The type of the receiver, if it is written.
    receiver: Vec<TokenTree>,
    /// All other arguments.
    others: Vec<TokenTree>,
}

impl Arguments {
    fn of(arguments: &Group) -> Self {
        let is_comma = |token: &TokenTree| is_punct(Some(token), ',');
        let mut tokens = arguments.stream().into_iter().peekable();
        attributes(&mut tokens);
        // `self`, behind whatever borrows it, or the pattern of another argument.
        let mut first = until(&mut tokens, |token| is_comma(token) || is_punct(Some(token), ':'));
        if first.last().is_some_and(|token| is_word(token, "self")) {
            let receiver = until(&mut tokens, is_comma);
            Self { has_receiver: true, receiver, others: tokens.collect() }
        } else {
            first.extend(tokens);
            Self { has_receiver: false, receiver: Vec::new(), others: first }
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::trait_tokens::TraitTokens;

    /// What is said of a trait's members, a word each.
    #[track_caller]
    fn check(members: &str, expected: &[&str]) {
        let found = TraitTokens::read(&format!("trait I {{ {members} }}").parse().unwrap()).unwrap().members;
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
}
