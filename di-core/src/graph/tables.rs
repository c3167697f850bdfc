//! The graph of a container as the macro writes it: words and codes, taken apart when somebody reads `GRAPH`.
//!
//! A literal of nodes and edges would be one more body for the compiler to check in each container, whether anybody reads it
//! or not. The codes are bytes; numbers have two, the lower first. They begin with how long each word is, and then:
//!
//! | of the container | | of a node | | of an edge | |
//! | --- | --- | --- | --- | --- | --- |
//! | registration | 1 | kind | 1 | wanted | 1 |
//! | absent interfaces | 2 | registration | 1 | 1 if it has a qualifier | 1 |
//! | | | flags | 2 | target's kind | 1 |
//! | | | interfaces, edges | 2 + 2 | target | 2 |
//!
//! The words stand in one text. They begin with the container's name and the absent interfaces. Those of a node are its field,
//! its service, its qualifier, group, key and what it replaces if the flags say so, its interfaces, and then member, key and
//! qualifier of each edge. After all nodes, their build order stands as numbers.
//!
//! Text and codes are all there is: each constant more is a body more to check in each container.

use super::places::Places;
use super::text::is_interface;
use super::{Described, Edge, Graph, Kind, Node, Registration, Target, Wanted};

/// What the macro writes down of a container with `N` nodes, `E` edges and `W` words.
///
/// Its impls are generic in `X`, for nothing: the compiler evaluates the constants of other impls in each check of the crate.
pub trait Tables<X, const N: usize, const E: usize, const W: usize>: 'static {
    /// The words, one behind the other: with a literal each, they would be most of what the compiler reads of a container.
    const WORDS: &'static str;

    /// The words that are constants of the user's, with their positions. In the text, they are empty.
    const CONSTANTS: &'static [(usize, &'static str)] = &[];

    /// The codes.
    const CODE: &'static [u8];

    /// Where fields and services stand, as `Places` reads it.
    const PLACES: &'static str;

    /// The graphs of its modules and scopes, in the order of their nodes.
    ///
    /// A constant, and no type: it may name private containers in one that is public.
    const INNER: Option<&'static Linked> = None;

    /// The nodes of the edges that only the types decide, in the order of the edges, and whether each is by interface.
    const TYPED: &'static [(usize, bool)] = &[];
}

/// A list of graphs as a type: `(First, (Second, ()))`.
///
/// As `Tables`, it is generic in `X` for nothing: a constant that names another one makes the compiler evaluate that, too.
pub trait Inner<X> {
    /// The first one, which leads to the others.
    const FIRST: Option<&'static Linked>;
}

/// A graph in a list.
#[derive(Debug)]
pub struct Linked {
    graph: &'static Graph,
    next: Option<&'static Self>,
}

impl<X> Inner<X> for () {
    const FIRST: Option<&'static Linked> = None;
}

impl<X, First: Described, Rest: Inner<X>> Inner<X> for (First, Rest) {
    const FIRST: Option<&'static Linked> = Some(&Linked { graph: &First::GRAPH, next: Rest::FIRST });
}

/// The parts of the container's first byte.
const REGISTRATION: u8 = 0b11;
const BUILD_IS_ASYNC: u8 = 0b100;
const BUILD_IS_FALLIBLE: u8 = 0b1000;

/// The flags of a node.
const IS_ASYNC: usize = 1;
const IS_FALLIBLE: usize = 2;
const IS_ENTRY: usize = 4;
const HAS_QUALIFIER: usize = 8;
const HAS_GROUP: usize = 16;
const HAS_KEY: usize = 32;
const REPLACES: usize = 64;
const IS_REGISTERED_ITSELF: usize = 128;
const IS_DEPRECATED: usize = 256;
const HAS_ARGS: usize = 512;

/// The flags that stand for a word each.
const WORDS: usize = HAS_QUALIFIER | HAS_GROUP | HAS_KEY | REPLACES;

/// The graph of the container `C`.
#[expect(missing_debug_implementations, reason = "it has constants and no values")]
pub struct Decoded<C, const N: usize, const E: usize, const W: usize>(core::marker::PhantomData<C>);

impl<C: Tables<(), N, E, W>, const N: usize, const E: usize, const W: usize> Decoded<C, N, E, W> {
    const WORDS: [&'static str; W] = words(C::WORDS, C::CODE, C::CONSTANTS);
    const EDGES: [Edge; E] = edges(&Self::WORDS, C::CODE, C::TYPED, N);
    const NODES: [Node; N] = nodes(&Self::WORDS, C::CODE, C::INNER, &Self::EDGES);
    const ORDER: [usize; N] = order(C::CODE);
    const BUILD: u8 = C::CODE[2 * W];
}

impl<C: Tables<(), N, E, W>, const N: usize, const E: usize, const W: usize> Described for Decoded<C, N, E, W> {
    const GRAPH: Graph = Graph {
        container: Self::WORDS[0],
        nodes: &Self::NODES,
        order: &Self::ORDER,
        register: registration(Self::BUILD & REGISTRATION),
        is_async: Self::BUILD & BUILD_IS_ASYNC != 0,
        is_fallible: Self::BUILD & BUILD_IS_FALLIBLE != 0,
        absent: absent(&Self::WORDS, C::CODE),
        places: Places::of(places::<C, N, E, W>),
    };
}

/// The words of a text, and the constants that take the places of some.
///
/// The compiler counts calls and turns of loops, and gives up after two million: there is no turn for each byte.
const fn words<const W: usize>(
    text: &'static str,
    code: &[u8],
    constants: &[(usize, &'static str)],
) -> [&'static str; W] {
    let mut all = [""; W];
    let mut lengths = Reader { words: &[], word: 0, code, at: 0 };
    let (mut rest, mut next) = (text, 0);
    while next < W {
        (all[next], rest) = rest.split_at(lengths.number());
        next += 1;
    }
    assert!(rest.is_empty(), "all words have lengths");
    next = 0;
    while next < constants.len() {
        all[constants[next].0] = constants[next].1;
        next += 1;
    }
    all
}

/// Reads a table from its start to its end.
struct Reader<'a> {
    words: &'static [&'static str],
    word: usize,
    code: &'a [u8],
    at: usize,
}

/// The fixed part of a node's code.
struct Head {
    kind: u8,
    registration: u8,
    flags: usize,
    interfaces: usize,
    edges: usize,
}

impl<'a> Reader<'a> {
    /// A reader that stands before the first node.
    const fn new(words: &'static [&'static str], code: &'a [u8]) -> Self {
        let mut reader = Self { words, word: 1, code, at: 2 * words.len() + 1 };
        reader.word += reader.number();
        reader
    }

    const fn byte(&mut self) -> u8 {
        self.at += 1;
        self.code[self.at - 1]
    }

    const fn number(&mut self) -> usize {
        let low = self.byte() as usize;
        low + ((self.byte() as usize) << 8)
    }

    const fn word(&mut self) -> &'static str {
        self.word += 1;
        self.words[self.word - 1]
    }

    const fn word_if(&mut self, is_there: bool) -> Option<&'static str> {
        if is_there { Some(self.word()) } else { None }
    }

    const fn head(&mut self) -> Head {
        Head {
            kind: self.byte(),
            registration: self.byte(),
            flags: self.number(),
            interfaces: self.number(),
            edges: self.number(),
        }
    }

    const fn edge(&mut self, typed: &[(usize, bool)], next_typed: &mut usize) -> Edge {
        let wanted = match self.byte() {
            0 => Wanted::One,
            1 => Wanted::Optional,
            2 => Wanted::Many,
            3 => Wanted::Lazy,
            _ => Wanted::Factory,
        };
        let has_qualifier = self.byte() == 1;
        let kind = self.byte();
        let number = self.number();
        let mut by_type = false;
        let target = match kind {
            0 => Target::Node(number),
            1 => Target::Deferred(number),
            2 => Target::Absent,
            3 => Target::Missing,
            _ => {
                *next_typed += 1;
                let (node, is_by_interface) = typed[*next_typed - 1];
                by_type = is_by_interface;
                if matches!(wanted, Wanted::Lazy) { Target::Deferred(node) } else { Target::Node(node) }
            }
        };
        let (member, key, qualifier) = (self.word(), self.word(), self.word_if(has_qualifier));
        Edge { member, key, wanted, qualifier, target, by_interface: by_type || is_interface(key) }
    }
}

const NO_EDGE: Edge =
    Edge { member: "", key: "", wanted: Wanted::One, qualifier: None, target: Target::Missing, by_interface: false };

const NO_NODE: Node = Node {
    field: "",
    service: "",
    kind: Kind::Singleton,
    registration: Registration::Dual,
    is_registered_itself: false,
    is_deprecated: false,
    interfaces: &[],
    qualifier: None,
    group: None,
    key: None,
    replaces: None,
    edges: &[],
    is_async: false,
    is_fallible: false,
    entry: false,
    has_args: false,
};

const fn edges<const E: usize>(
    words: &'static [&'static str],
    code: &[u8],
    typed: &[(usize, bool)],
    nodes: usize,
) -> [Edge; E] {
    let mut reader = Reader::new(words, code);
    let mut all = [NO_EDGE; E];
    let (mut node, mut next, mut next_typed) = (0, 0, 0);
    while node < nodes {
        let head = reader.head();
        reader.word += 2 + head.interfaces + (head.flags & WORDS).count_ones() as usize;
        let end = next + head.edges;
        while next < end {
            all[next] = reader.edge(typed, &mut next_typed);
            next += 1;
        }
        node += 1;
    }
    all
}

const fn nodes<const N: usize>(
    words: &'static [&'static str],
    code: &[u8],
    mut inner: Option<&'static Linked>,
    edges: &'static [Edge],
) -> [Node; N] {
    let mut reader = Reader::new(words, code);
    let mut all = [NO_NODE; N];
    let mut node = 0;
    let mut rest = edges;
    while node < N {
        let head = reader.head();
        let (own, after) = rest.split_at(head.edges);
        rest = after;
        let kind = match head.kind {
            0 => Kind::Singleton,
            1 => Kind::Transient,
            2 => Kind::Input,
            3 => Kind::Inherited,
            4 => Kind::Group,
            code => {
                let Some(Linked { graph, next }) = inner else { panic!("each module and each scope has a graph") };
                inner = *next;
                if code == 5 { Kind::Module(graph) } else { Kind::Scope(graph) }
            }
        };
        let (is_async, is_fallible) = match kind {
            Kind::Module(graph) | Kind::Scope(graph) => (graph.is_async(), graph.is_fallible()),
            _ => (head.flags & IS_ASYNC != 0, head.flags & IS_FALLIBLE != 0),
        };
        let field = reader.word();
        let service = reader.word();
        let qualifier = reader.word_if(head.flags & HAS_QUALIFIER != 0);
        let group = reader.word_if(head.flags & HAS_GROUP != 0);
        let key = reader.word_if(head.flags & HAS_KEY != 0);
        let replaces = reader.word_if(head.flags & REPLACES != 0);
        let (interfaces, _) = words.split_at(reader.word).1.split_at(head.interfaces);
        reader.word += head.interfaces;
        all[node] = Node {
            field,
            service,
            kind,
            registration: registration(head.registration),
            is_registered_itself: head.flags & IS_REGISTERED_ITSELF != 0,
            is_deprecated: head.flags & IS_DEPRECATED != 0,
            interfaces,
            qualifier,
            group,
            key,
            replaces,
            edges: own,
            is_async,
            is_fallible,
            entry: head.flags & IS_ENTRY != 0,
            has_args: head.flags & HAS_ARGS != 0,
        };
        let mut edge = 0;
        while edge < own.len() {
            reader.at += 5;
            reader.word += if own[edge].qualifier.is_some() { 3 } else { 2 };
            edge += 1;
        }
        node += 1;
    }
    all
}

/// Where fields and services stand, when somebody asks.
fn places<C: Tables<(), N, E, W>, const N: usize, const E: usize, const W: usize>() -> &'static str {
    C::PLACES
}

const fn registration(code: u8) -> Registration {
    match code {
        0 => Registration::Dual,
        1 => Registration::Interface,
        2 => Registration::Concrete,
        _ => Registration::GroupOnly,
    }
}

const fn absent(words: &'static [&'static str], code: &[u8]) -> &'static [&'static str] {
    words.split_at(Reader::new(words, code).word).0.split_at(1).1
}

const fn order<const N: usize>(code: &[u8]) -> [usize; N] {
    let mut reader = Reader { words: &[], word: 0, code, at: code.len() - 2 * N };
    let mut all = [0; N];
    let mut next = 0;
    while next < N {
        all[next] = reader.number();
        next += 1;
    }
    all
}
