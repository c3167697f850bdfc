//! The graph of a container from its fields, and from what its services say of themselves.

use super::names::{Named, Names};
use super::order::order;
use super::text::{alike, bare, compatible, is_interface};
use super::{Edge, Graph, Key, Kind, Node, Part, Registration, Target, Wanted};
use crate::model::container::{Container, Group};
use crate::model::dependency::{Wanted as Form, asked};
use crate::model::listed::{Field, Kind as Listed, Membership, Registration as Registered, Shape};
use crate::model::said::{Member, MemberKind, Said};
use crate::model::service::plain;
use crate::text::{of_type, text};

impl Graph {
    /// The graph of a container; `said` has an entry for each field, empty where the field's type says nothing.
    pub(crate) fn of(container: &Container, said: &[Option<Said>], file: Option<String>) -> Self {
        let said = |index: usize| said.get(index).and_then(Option::as_ref);
        let fields = container.fields.iter().enumerate().map(|(index, field)| of_field(field, said(index)));
        let groups = container.groups.iter().map(|group| of_group(container, group));
        let mut nodes: Vec<Node> = fields.chain(groups).collect();
        let absent: Vec<String> = container.absent.iter().map(text).collect();
        let names = Names::of(&nodes);
        let answers = Answers { nodes: &nodes, names: &names, absent: &absent };
        let fields = nodes.iter().enumerate().take(container.fields.len());
        let targets: Vec<Vec<Target>> =
            fields.map(|(index, node)| node.edges.iter().map(|edge| answers.target(index, edge)).collect()).collect();
        for (node, targets) in nodes.iter_mut().zip(targets) {
            for (edge, target) in node.edges.iter_mut().zip(targets) {
                edge.target = target;
            }
        }
        defer_factories_of_themselves(&mut nodes);
        let order = order(&nodes);
        Self { container: plain(&container.name), file, nodes, names, order }
    }
}

fn of_field(field: &Field, said: Option<&Said>) -> Node {
    let shape = matches!(field.kind, Listed::Input | Listed::Inherit).then(|| field.shape());
    let own = of_type(&field.ty);
    let service = match (&field.product, &shape) {
        // An interface that a function returns is one of its interfaces.
        (Some(product), _) if !matches!(product, syn::Type::TraitObject(_)) => text(product),
        (_, Some(Shape::Arc(key) | Shape::Many(key) | Shape::Optional(key))) => of_type(key),
        (_, Some(Shape::Value) | None) => own.clone(),
    };
    let substitute = Substitution::of(said, &own);
    let flags = said.map(|said| said.flags).unwrap_or_default();
    let (mut edges, mut args, mut arg_types, mut parts) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for member in said.map_or(&[][..], |said| &said.members) {
        match member.kind {
            MemberKind::Injected(form) if field.kind != Listed::Inherit => edges.push(edge(member, form, &substitute)),
            MemberKind::Arg => {
                args.push(member.name.clone());
                arg_types.push(substitute.in_text(&member.key));
            }
            MemberKind::Part | MemberKind::Inner => parts.push(Part {
                field: member.name.clone(),
                service: member.key.clone(),
                is_container: member.kind == MemberKind::Inner,
            }),
            MemberKind::Injected(_) | MemberKind::Key => {}
        }
    }
    Node {
        field: field.plain_name(),
        service,
        kind: match field.kind {
            Listed::Input => Kind::Input,
            Listed::Inherit => Kind::Inherited,
            _ if said.is_none() => Kind::Unknown,
            Listed::Service => Kind::Singleton,
            Listed::Transient => Kind::Transient,
            Listed::Module => Kind::Module,
            Listed::Scope => Kind::Scope,
        },
        is_many: matches!(shape, Some(Shape::Many(_))),
        is_optional: matches!(shape, Some(Shape::Optional(_))),
        registration: match field.registration {
            Registered::Dual => Registration::Dual,
            Registered::Interface => Registration::Interface,
            Registered::Concrete => Registration::Concrete,
            Registered::GroupOnly => Registration::GroupOnly,
        },
        is_registered_itself: field.is_registered_itself,
        interfaces: said.map_or(&[][..], |said| &said.interfaces).iter().map(|key| substitute.in_text(key)).collect(),
        qualifier: field.qualifier.as_ref().filter(|_| field.kind != Listed::Inherit).map(text),
        group: field.group.as_ref().map(|membership| text(&membership.interface)),
        key: field.group.as_ref().and_then(key_in_group),
        edges,
        is_async: flags.is_async,
        is_fallible: flags.is_fallible,
        function: field.product.as_ref().map(|_| own.clone()),
        entry: field.entry,
        has_life: flags.has_life,
        winding_down: field.winding_down.is_some() || flags.winding_down,
        may_be_unused: field.may_be_unused,
        args,
        arg_types,
        replaces: field.replaces.as_ref().map(text),
        location: said.and_then(|said| said.location.clone()),
        parts,
    }
}

fn key_in_group(membership: &Membership) -> Option<Key> {
    let key = membership.key.as_ref()?;
    Some(membership.literal().map_or_else(|| Key::Constant(text(key)), Key::Literal))
}

fn edge(member: &Member, form: Form, substitute: &Substitution) -> Edge {
    let (key, form) = substitute.in_key(&member.key, form);
    Edge {
        member: member.name.clone(),
        key,
        wanted: wanted(form),
        qualifier: member.qualifier.as_deref().map(|qualifier| substitute.in_text(qualifier)),
        target: Target::Missing,
    }
}

fn wanted(form: Form) -> Wanted {
    match form {
        Form::One => Wanted::One,
        Form::Optional => Wanted::Optional,
        Form::Many => Wanted::Many,
        Form::Lazy => Wanted::Lazy,
        Form::Factory => Wanted::Factory,
        Form::Unknown => Wanted::Unknown,
    }
}

fn of_group(container: &Container, group: &Group) -> Node {
    let interface = text(&group.interface);
    let members = group.members.iter().filter_map(|member| Some((*member, container.fields.get(*member)?)));
    let edges = members.map(|(index, field)| Edge {
        member: field.plain_name(),
        key: of_type(&field.ty),
        wanted: Wanted::One,
        qualifier: None,
        target: Target::Node(index),
    });
    Node {
        field: interface.clone(),
        service: interface,
        kind: Kind::Group,
        is_many: false,
        is_optional: false,
        registration: Registration::Dual,
        is_registered_itself: false,
        interfaces: Vec::new(),
        qualifier: None,
        group: None,
        key: None,
        edges: edges.collect(),
        is_async: false,
        is_fallible: false,
        function: None,
        entry: false,
        has_life: false,
        winding_down: false,
        may_be_unused: false,
        args: Vec::new(),
        arg_types: Vec::new(),
        replaces: None,
        location: None,
        parts: Vec::new(),
    }
}

/// What the type parameters of a service stand for in a container.
struct Substitution {
    pairs: Vec<(String, String)>,
}

impl Substitution {
    fn of(said: Option<&Said>, ty: &str) -> Self {
        let params: &[String] = said.map_or(&[], |said| &said.params);
        if params.is_empty() {
            return Self { pairs: Vec::new() };
        }
        let arguments = arguments(ty);
        let pairs =
            if params.len() == arguments.len() { params.iter().cloned().zip(arguments).collect() } else { Vec::new() };
        Self { pairs }
    }

    /// The text with each parameter replaced; a name behind `::` is another one.
    fn in_text(&self, text: &str) -> String {
        if self.pairs.is_empty() {
            return text.to_owned();
        }
        let is_of_a_word = |c: char| c.is_alphanumeric() || c == '_';
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let len = if is_of_a_word(first) {
                rest.find(|c| !is_of_a_word(c)).unwrap_or(rest.len())
            } else {
                first.len_utf8()
            };
            let (token, after) = rest.split_at(len);
            let replaced = self.pairs.iter().find(|(param, _)| param == token && !out.ends_with("::"));
            out.push_str(replaced.map_or(token, |(_, argument)| argument));
            rest = after;
        }
        out
    }

    /// The key and its form: a parameter may have been the whole dependency.
    fn in_key(&self, key: &str, form: Form) -> (String, Form) {
        let key = self.in_text(key);
        if form == Form::Unknown
            && !self.pairs.is_empty()
            && let Ok(ty) = syn::parse_str(&key)
        {
            let asked = asked(&ty);
            return (asked.key, asked.wanted);
        }
        (key, form)
    }
}

/// `A`, `B<C>` of `Type<A, B<C>>`.
fn arguments(ty: &str) -> Vec<String> {
    let Some((_, arguments)) = ty.split_once('<') else { return Vec::new() };
    let arguments = arguments.strip_suffix('>').unwrap_or(arguments);
    let mut found = vec![String::new()];
    let mut depth = 0_i32;
    for character in arguments.chars() {
        match character {
            '<' | '(' | '[' => depth += 1,
            '>' | ')' | ']' => depth -= 1,
            ',' if depth == 0 => {
                found.push(String::new());
                continue;
            }
            _ => {}
        }
        if let Some(last) = found.last_mut() {
            last.push(character);
        }
    }
    found.iter().map(|argument| argument.trim().to_owned()).filter(|argument| !argument.is_empty()).collect()
}

/// Which nodes answer which keys, as far as the text tells.
struct Answers<'a> {
    nodes: &'a [Node],
    names: &'a Names,
    absent: &'a [String],
}

impl Answers<'_> {
    fn target(&self, consumer: usize, edge: &Edge) -> Target {
        // Groups and factories answer whoever asks without a qualifier, too.
        let under = |node: &Node| edge.qualifier.is_none() || is_under_qualifier(node, edge);
        let called = || {
            let nodes = self.names.of_key(&edge.key).iter().map(|named| (named.node, &self.nodes[named.node]));
            nodes.filter(|(_, node)| under(node))
        };
        match edge.wanted {
            Wanted::Many => {
                let is_group = |node: &Node| node.kind == Kind::Group || node.is_many;
                let groups = || called().filter(|(_, node)| is_group(node) && alike(&node.service, &edge.key));
                // Of two interfaces of one name, the one whose path fits.
                let group = groups().find(|(_, node)| compatible(&node.service, &edge.key));
                group.or_else(|| groups().next()).map_or(Target::Missing, |(index, _)| Target::Node(index))
            }
            Wanted::Factory => {
                let makes = |node: &Node| {
                    let made = node.function.as_ref().unwrap_or(&node.service);
                    matches!(node.kind, Kind::Transient | Kind::Scope) && alike(made, &edge.key) && under(node)
                };
                self.nodes.iter().position(makes).map_or(Target::Missing, Target::Node)
            }
            Wanted::One | Wanted::Optional | Wanted::Lazy | Wanted::Unknown => self.instance(consumer, edge),
        }
    }

    fn instance(&self, consumer: usize, edge: &Edge) -> Target {
        // With other bounds, it is another type.
        let is_of_key = |own: &str| own == edge.key || alike(own, &edge.key) && last_name(own) == last_name(&edge.key);
        let fits = |named: &&Named| {
            let node = &self.nodes[named.node];
            answers_alone(node, named)
                && is_under_qualifier(node, edge)
                && is_of_key(named.key(self.nodes))
                && (!node.is_optional || edge.wanted == Wanted::Optional)
                && !(edge.wanted == Wanted::Lazy && node.kind == Kind::Transient)
        };
        let named = if edge.wanted == Wanted::Unknown { &[] } else { self.names.of_key(&edge.key) };
        let mut found: Vec<&Named> = named.iter().filter(fits).collect();
        found.dedup_by_key(|named| named.node);
        let is_text_final = edge.qualifier.is_some() || edge.wanted == Wanted::Lazy;
        let is_exact = |named: &Named| compatible(named.key(self.nodes), &edge.key);
        match found.as_slice() {
            [one] if is_text_final || is_exact(one) => match edge.wanted {
                Wanted::Lazy => Target::Deferred(one.node),
                _ => Target::Node(one.node),
            },
            several @ [_, _, ..] if is_text_final => {
                let mut exact = several.iter().filter(|named| is_exact(named));
                match (exact.next(), exact.next()) {
                    (Some(one), None) if edge.wanted == Wanted::Lazy => Target::Deferred(one.node),
                    (Some(one), None) => Target::Node(one.node),
                    _ => Target::Missing,
                }
            }
            [] if edge.wanted == Wanted::Optional && self.absent.iter().any(|key| alike(key, &edge.key)) => {
                Target::Absent
            }
            _ if is_text_final || self.is_no_longer_answered(edge) => Target::Missing,
            // Where no path fits, these only happen to be called alike.
            several @ [_, _, ..] if several.iter().any(|named| is_exact(named)) => {
                Target::Typed(several.iter().map(|named| named.node).collect())
            }
            _ => Target::Typed(self.candidates(consumer, edge)),
        }
    }

    /// Whether the concrete type is there, but answers its interfaces alone.
    fn is_no_longer_answered(&self, edge: &Edge) -> bool {
        !is_interface(&edge.key)
            && self.nodes.iter().any(|node| {
                node.registration == Registration::Interface
                    && node.kind == Kind::Singleton
                    && alike(&node.service, &edge.key)
                    && compatible(&node.service, &edge.key)
            })
    }

    /// All nodes that may answer, if the types say so.
    fn candidates(&self, consumer: usize, edge: &Edge) -> Vec<usize> {
        let may_be_a_type = !is_interface(&edge.key);
        let may_answer = |index: usize, node: &Node| {
            index != consumer
                && node.qualifier.is_none()
                && node.registration != Registration::GroupOnly
                && match node.kind {
                    Kind::Singleton => {
                        node.answers_interfaces() && !node.interfaces.is_empty()
                            || node.answers_concretely() && may_be_a_type
                    }
                    Kind::Module => !node.interfaces.is_empty(),
                    Kind::Input | Kind::Inherited => !node.is_many && !node.is_optional,
                    _ => false,
                }
        };
        let nodes = self.nodes.iter().enumerate();
        nodes.filter(|(index, node)| may_answer(*index, node)).map(|(index, _)| index).collect()
    }
}

/// Whether a node answers a key of its own as one instance, if nothing else keeps it from that.
fn answers_alone(node: &Node, key: &Named) -> bool {
    match node.kind {
        Kind::Input | Kind::Inherited => !node.is_many && node.registration != Registration::GroupOnly,
        // What only a factory makes answers as one alone.
        Kind::Singleton | Kind::Transient if key.is_interface() => node.is_given() && node.answers_interfaces(),
        Kind::Singleton | Kind::Transient => node.is_given() && node.answers_concretely(),
        Kind::Module => key.is_interface() && node.answers_interfaces(),
        Kind::Group | Kind::Scope | Kind::Unknown => false,
    }
}

/// Whether a node has the qualifier that is asked for, or neither has one.
fn is_under_qualifier(node: &Node, edge: &Edge) -> bool {
    match (&edge.qualifier, &node.qualifier) {
        (Some(asked), Some(own)) => alike(asked, own),
        (None, None) => true,
        _ => false,
    }
}

impl Node {
    /// Whether the name of the service, or of one of its interfaces, stands somewhere in a text.
    pub(crate) fn is_named_in(&self, text: &str) -> bool {
        let mut names = std::iter::once(&self.service).chain(&self.interfaces).map(|key| last_name(key));
        names.any(|name| text.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == name))
    }

    /// Whether the path of the service, or of one of its interfaces, may be that of the key.
    pub(crate) fn may_be_called(&self, key: &str) -> bool {
        let mut paths = std::iter::once(&self.service).chain(&self.interfaces);
        paths.any(|path| last_name(path) == last_name(key) && compatible(path, key))
    }
}

/// The last name of a key's path, before its arguments, with the bounds of an object.
fn last_name(key: &str) -> &str {
    let path = bare(key);
    let path = path.split_once('<').map_or(path, |(path, _)| path);
    let name = path.rsplit("::").next().unwrap_or(path).trim();
    name.strip_prefix("r#").unwrap_or(name)
}

/// A transient may hold the factory of what makes it: nothing of that is built before anything.
fn defer_factories_of_themselves(nodes: &mut [Node]) {
    let on_demand: Vec<bool> = nodes.iter().map(|node| matches!(node.kind, Kind::Transient | Kind::Scope)).collect();
    for start in 0..nodes.len() {
        for edge in 0..nodes[start].edges.len() {
            let own = &nodes[start].edges[edge];
            let Target::Node(made) = own.target else { continue };
            if on_demand[start] && own.wanted == Wanted::Factory && reaches(nodes, &on_demand, made, start) {
                nodes[start].edges[edge].target = Target::Deferred(made);
            }
        }
    }
}

/// Whether `end` is needed by `start`, over what is made on demand alone.
fn reaches(nodes: &[Node], on_demand: &[bool], start: usize, end: usize) -> bool {
    let mut seen = vec![start];
    let mut next = 0;
    while next < seen.len() {
        if seen[next] == end {
            return true;
        }
        for edge in &nodes[seen[next]].edges {
            if let Target::Node(target) | Target::Deferred(target) = edge.target
                && on_demand[target]
                && !seen.contains(&target)
            {
                seen.push(target);
            }
        }
        next += 1;
    }
    false
}
