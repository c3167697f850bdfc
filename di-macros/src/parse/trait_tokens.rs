//! A trait as the tokens that it was written in, read as far as an interface has to know.
//!
//! Its body goes on as one token, exactly as it came: nothing of it is written again. What the compiler itself would say of
//! a trait is left to the compiler.

use std::iter::Peekable;

use proc_macro2::token_stream::IntoIter;
use proc_macro2::{Delimiter, Group, Ident, Spacing, TokenStream, TokenTree};

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
    body: Group,
    pub(crate) members: Vec<Member>,
}

/// What a trait asks for.
pub(crate) enum Member {
    Const { name: Ident, tokens: TokenStream },
    Type { name: Ident, has_params: bool },
    Method(Method),
}

/// A function of a trait.
pub(crate) struct Method {
    pub(crate) name: Ident,
    pub(crate) is_async: bool,
    pub(crate) has_receiver: bool,
    /// The first of its type parameters, with its name.
    pub(crate) type_param: Option<(String, TokenStream)>,
    /// `Self`, where it returns nothing else.
    pub(crate) returned_self: Option<Ident>,
    /// `where Self: Sized`
    pub(crate) needs_sized: bool,
}

type Tokens = Peekable<IntoIter>;

impl TraitTokens {
    /// Nothing, if it is not a trait.
    pub(crate) fn read(item: &TokenStream) -> Option<Self> {
        let mut tokens = item.clone().into_iter().peekable();
        // A trait out of a macro may be one token.
        if let Some(TokenTree::Group(group)) = tokens.peek()
            && group.delimiter() == Delimiter::None
        {
            return Self::read(&group.stream());
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
        Some(Self { attributes, head, name, has_params, bounds, clause, body, members })
    }

    /// Its body, as it was written.
    pub(crate) fn body(&self) -> TokenTree {
        self.body.clone().into()
    }
}

fn members(body: &Group) -> Vec<Member> {
    let mut tokens = body.stream().into_iter().peekable();
    let mut members = Vec::new();
    while tokens.peek().is_some() {
        attributes(&mut tokens);
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
                        members.push(Member::Type { name, has_params });
                    }
                    until(&mut tokens, |token| is_punct(Some(token), ';'));
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
    }
    members
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
    let returned_self = match output.as_slice() {
        [TokenTree::Punct(_), TokenTree::Punct(_), TokenTree::Ident(word)] if word == "Self" => Some(word.clone()),
        _ => None,
    };
    Some(Method {
        name,
        is_async,
        has_receiver: has_receiver(&arguments),
        type_param: type_param(&params),
        returned_self,
        needs_sized: needs_sized(&clause),
    })
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

fn needs_sized(clause: &[TokenTree]) -> bool {
    clause.windows(4).any(|tokens| {
        (is_word(&tokens[0], "where") || is_punct(Some(&tokens[0]), ','))
            && is_word(&tokens[1], "Self")
            && is_punct(Some(&tokens[2]), ':')
            && is_word(&tokens[3], "Sized")
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
            Member::Type { name, has_params } => format!("type {name} {has_params}"),
            Member::Method(method) => {
                let words = [
                    ("async", method.is_async),
                    ("self", method.has_receiver),
                    ("returns Self", method.returned_self.is_some()),
                    ("sized", method.needs_sized),
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
                "fn b self, sized",
                "fn c self, returns Self, sized, F in F",
                "fn d async, self",
            ],
        );
    }

    #[test]
    fn constants_types_and_macros() {
        check(
            "const N: usize = { 1 }; #[doc = \"x\"] type Item<'a>: Clone where Self: 'a; type Plain; more! { fn x(); } more!(); unsafe fn f(&self) {} extern \"C\" fn g(&self);",
            &["const N: constN:usize={1};", "type Item true", "type Plain false", "fn f self", "fn g self"],
        );
    }
}
