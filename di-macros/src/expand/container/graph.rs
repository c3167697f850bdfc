//! The graph as words and codes: `di_core` describes the format, and takes it apart.

use std::fmt::Write as _;

use proc_macro::Delimiter;
use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens as _, quote};

use super::typed;
use super::wiring::Wiring;
use crate::check::graph::nested;
use crate::graph::{Edge, Key, Kind, Node, Registration, Target, Wanted};
use crate::model::container::Container;
use crate::model::listed::Registration as Registered;
use crate::spans::Location;
use crate::template::{lex, together, within, word};
use crate::text::text;

/// The tables, and the impl of `Container`.
pub(super) fn tables(wiring: &Wiring<'_>) -> TokenStream {
    let Container { name, inputs, .. } = wiring.container;
    let mut tables = Tables::default();
    tables.head(wiring);
    // After DI0018, nothing is said again: what is no container has no graph of its own.
    let kind_of = |node: usize| match wiring.graph.nodes[node].kind {
        Kind::Module | Kind::Scope
            if !wiring.is_container(node)
                || wiring.is_faulty && nested::holds_its_container(wiring.graph, &wiring.graph.nodes[node]) =>
        {
            Kind::Unknown
        }
        kind => kind,
    };
    for (index, node) in wiring.graph.nodes.iter().enumerate() {
        tables.node(index, node, kind_of(index), wiring.is_faulty);
    }
    for node in &wiring.graph.order {
        tables.number(*node);
    }
    let (nodes, edges) = (wiring.graph.nodes.len(), tables.edges);
    let words = tables.words;
    let places = places(wiring);
    let inner = (0..nodes).filter(|node| matches!(kind_of(*node), Kind::Module | Kind::Scope));
    let inner = inner.rev().fold(None, |rest, node| {
        let rest = rest.unwrap_or_else(|| lex("()"));
        let head = together([lex("<"), wiring.ty(node), lex("as __Contents>::Tables,"), rest]);
        Some(within(Delimiter::Parenthesis, head))
    });
    let inner = inner.map(|list| {
        let (head, tail) = ("const INNER: ::core::option::Option<&'static __Linked> = <", " as __Inner<__X>>::FIRST;");
        together([lex(head), list, lex(tail)])
    });
    let typed = tables.is_typed.then(|| {
        let answers = typed::answers(wiring);
        quote!(const TYPED: &'static [(usize, bool)] = #answers;)
    });
    let mut visits = String::new();
    for node in 0..nodes {
        let method = match kind_of(node) {
            Kind::Singleton => "service",
            Kind::Module => "module",
            _ => continue,
        };
        // Writing to a string cannot fail.
        let _written = write!(visits, "visitor.{method}({node}usize, &self.{});", word(&wiring.name(node)));
    }
    let name = word(name);
    let constants = together([
        lex(&format!("const WORDS: &'static str = {:?}; const CODE: &'static [u8] =", tables.text)),
        Literal::byte_string(&tables.written()).to_token_stream(),
        lex("; const PLACES: &'static str = __places::PLACES;"),
        tables.constants(wiring).unwrap_or_default(),
        inner.unwrap_or_default(),
        typed.unwrap_or_default(),
    ]);
    let contents = format!(
        "#[automatically_derived] impl __Contents for {name} {{ \
             type Supplied = {}; \
             type Tables = __Decoded<{name}, {nodes}, {edges}, {words}>; \
             #[allow(unused_variables)] \
             fn visit<'a, V: __Visitor<'a>>(&'a self, visitor: &mut V) {{ {visits} }} \
         }}",
        word(inputs)
    );
    // In a module of its own, as in `collect`.
    let places = format!("mod __places {{ pub(super) const PLACES: &str = {places:?}; }}");
    together([
        lex(&places),
        lex(&format!("impl<__X> __Tables<__X, {nodes}, {edges}, {words}> for {name}")),
        within(Delimiter::Brace, constants),
        lex(&contents),
    ])
}

/// Where fields and services stand: the container's file, and then a line for each field, with its own line, that of its
/// service, and the service's file if that is another one.
fn places(wiring: &Wiring<'_>) -> String {
    let container = Location::of(&wiring.container.name);
    let file = container.map(|location| location.file).unwrap_or_default();
    let mut out = file.clone();
    for (field, node) in wiring.container.fields.iter().zip(&wiring.graph.nodes) {
        out.push('\n');
        if let Some(location) = Location::of(&field.name).filter(|location| location.file == file) {
            out += &location.line.to_string();
        }
        if let Some(location) = &node.location {
            out.push('\t');
            out += &location.line.to_string();
            if location.file != file {
                out.push('\t');
                out += &location.file;
            }
        }
    }
    out
}

#[derive(Default)]
struct Tables {
    /// All words, one after the other, and how long each is.
    text: String,
    lengths: Vec<u8>,
    words: usize,
    /// The words that are constants, with the nodes whose keys they are.
    constants: Vec<(usize, usize)>,
    code: Vec<u8>,
    edges: usize,
    is_typed: bool,
}

impl Tables {
    fn head(&mut self, wiring: &Wiring<'_>) {
        let Wiring { container, mode, .. } = wiring;
        let registration = match container.registration {
            Registered::Dual | Registered::GroupOnly => 0,
            Registered::Interface => 1,
            Registered::Concrete => 2,
        };
        self.code.push(registration | u8::from(mode.is_async) << 2 | u8::from(mode.is_fallible) << 3);
        self.number(container.absent.len());
        self.word(&wiring.graph.container);
        for interface in &container.absent {
            self.word(&text(interface));
        }
    }

    fn word(&mut self, word: &str) {
        self.text.push_str(word);
        // No name of a type is longer; the compiler would say that words are left without lengths.
        self.lengths.extend_from_slice(&u16::try_from(word.len()).unwrap_or_default().to_le_bytes());
        self.words += 1;
    }

    /// A word that need not be there.
    fn may_be_word(&mut self, word: Option<&String>) {
        if let Some(word) = word {
            self.word(word);
        }
    }

    /// How long each word is, and then the codes.
    fn written(&self) -> Vec<u8> {
        [self.lengths.as_slice(), &self.code].concat()
    }

    /// The words that are constants.
    fn constants(&self, wiring: &Wiring<'_>) -> Option<TokenStream> {
        let is_needed = !self.constants.is_empty();
        let words = self.constants.iter().map(|(position, node)| {
            let key = wiring.own_key(*node);
            quote!((#position, #key))
        });
        is_needed.then(|| quote!(const CONSTANTS: &'static [(usize, &'static str)] = &[#(#words),*];))
    }

    fn number(&mut self, number: usize) {
        // No container has as many fields as do not fit.
        let number = u16::try_from(number).unwrap_or(u16::MAX);
        self.code.extend_from_slice(&number.to_le_bytes());
    }

    fn node(&mut self, index: usize, node: &Node, kind: Kind, is_faulty: bool) {
        let flags = [
            node.is_async,
            node.is_fallible,
            node.entry,
            node.qualifier.is_some(),
            node.group.is_some(),
            node.key.is_some(),
            node.replaces.is_some(),
            node.is_registered_itself,
            node.winding_down,
            node.kind == Kind::Transient && !node.args.is_empty(),
        ];
        self.code.push(match kind {
            Kind::Singleton | Kind::Unknown => 0,
            Kind::Transient => 1,
            Kind::Input => 2,
            Kind::Inherited => 3,
            Kind::Group => 4,
            Kind::Module => 5,
            Kind::Scope => 6,
        });
        self.code.push(match node.registration {
            Registration::Dual => 0,
            Registration::Interface => 1,
            Registration::Concrete => 2,
            Registration::GroupOnly => 3,
        });
        self.number(flags.iter().enumerate().map(|(bit, is_set)| usize::from(*is_set) << bit).sum());
        self.number(node.interfaces.len());
        self.number(node.edges.len());
        self.word(&node.field);
        self.word(&node.service);
        self.may_be_word(node.qualifier.as_ref());
        self.may_be_word(node.group.as_ref());
        match &node.key {
            Some(Key::Literal(key)) => self.word(key),
            Some(Key::Constant(_)) => {
                self.constants.push((self.words, index));
                self.word("");
            }
            None => {}
        }
        self.may_be_word(node.replaces.as_ref());
        for interface in &node.interfaces {
            self.word(interface);
        }
        for edge in &node.edges {
            self.edge(edge, is_faulty);
        }
    }

    fn edge(&mut self, edge: &Edge, is_faulty: bool) {
        self.edges += 1;
        self.code.push(match edge.wanted {
            Wanted::One | Wanted::Unknown => 0,
            Wanted::Optional => 1,
            Wanted::Many => 2,
            Wanted::Lazy => 3,
            Wanted::Factory => 4,
        });
        self.code.push(u8::from(edge.qualifier.is_some()));
        let (kind, target) = match &edge.target {
            Target::Node(node) => (0, *node),
            Target::Deferred(node) => (1, *node),
            Target::Absent => (2, 0),
            Target::Missing => (3, 0),
            Target::Typed(_) if is_faulty => (3, 0),
            Target::Typed(_) => {
                self.is_typed = true;
                (4, 0)
            }
        };
        self.code.push(kind);
        self.number(target);
        self.word(&edge.member);
        self.word(&edge.key);
        self.may_be_word(edge.qualifier.as_ref());
    }
}
