//! What comes close to a key that nothing answers.

use crate::graph::{Edge, Graph, Kind, Node, Registration, Wanted};

use super::text::{Text, alike, is_interface, same_option};

/// A line for each node that nearly answers.
pub(super) const fn misses(mut text: Text, graph: &Graph, lacking: &Edge) -> Text {
    let mut index = 0;
    while index < graph.nodes.len() {
        text = miss(text, &graph.nodes[index], lacking);
        index += 1;
    }
    text
}

const fn miss(text: Text, node: &Node, lacking: &Edge) -> Text {
    let (key, wanted) = (lacking.key, lacking.wanted);
    if let Kind::Module(inner) = node.kind {
        return if answers(inner, key) {
            near(text, node, "has it, but does not export it: add it to `provides` of `#[container(..)]` there")
        } else {
            text
        };
    }
    if matches!(node.kind, Kind::Unknown) && is_interface(key) {
        return near(text, node, "is not a service (DI0005), so that it provides nothing");
    }
    if !names(node, key) {
        return text;
    }
    if matches!(node.kind, Kind::Group) {
        return if matches!(wanted, Wanted::Many) {
            text
        } else {
            text.push("\n  near: it is a group here: ask for `Many<").push(key).push(">`")
        };
    }
    if matches!(node.registration, Registration::GroupOnly) {
        return near(text, node, "is a member of a group and answers nothing else: `#[register(dual)]` changes that");
    }
    if let (None, Some(qualifier)) = (node.qualifier, lacking.qualifier) {
        return near(text, node, "answers without a qualifier: write `#[qualified(")
            .push(qualifier)
            .push(")]` on it, or ask without one");
    }
    if let Some(qualifier) = node.qualifier
        && !same_option(node.qualifier, lacking.qualifier)
    {
        return near(text, node, "answers under a qualifier: ask with `#[inject(qualified = ")
            .push(qualifier)
            .push(")]`");
    }
    match (node.kind, node.registration) {
        (Kind::Transient, _) if matches!(wanted, Wanted::Factory) => near(
            text,
            node,
            "is made from other arguments: a `Factory` names the types of its `#[arg]`s in their order, as a tuple",
        ),
        (Kind::Scope(_), _) => near(text, node, "is made from its inputs: ask for `Factory<")
            .push(node.service)
            .push(", (")
            .push(node.service)
            .push("Inputs,)>`"),
        (Kind::Transient, _) if matches!(wanted, Wanted::Lazy) => {
            near(text, node, "is a transient, of which there is no instance to find later: ask for a `Factory<..>`")
        }
        (Kind::Transient, _) => {
            near(text, node, "is made only by a factory: ask for `Factory<").push(node.service).push(", ..>`")
        }
        (_, Registration::Concrete) if is_interface(key) => {
            near(text, node, "is registered `concrete`: `#[register(dual)]` answers the interface, too")
        }
        (_, Registration::Interface) if !is_interface(key) => {
            let text = near(text, node, "is registered `interface`: ask for ");
            if node.interfaces.is_empty() {
                text.push("an interface")
            } else {
                text.push("`Arc<").push(node.interfaces[0]).push(">`")
            }
        }
        _ if matches!(wanted, Wanted::Many) => {
            near(text, node, "is no member: `#[many(").push(key).push(")]` makes it one")
        }
        _ => near(text, node, "looks like it, but is another type of that name"),
    }
}

const fn near(text: Text, node: &Node, what: &str) -> Text {
    text.push("\n  near: `").push(node.field).push(": ").push(node.service).push("` ").push(what)
}

/// Whether the node is of that type or provides that interface.
pub(super) const fn names(node: &Node, key: &str) -> bool {
    if alike(node.service, key) {
        return true;
    }
    let mut index = 0;
    while index < node.interfaces.len() {
        if alike(node.interfaces[index], key) {
            return true;
        }
        index += 1;
    }
    false
}

/// A line for each node that answers the key.
pub(super) const fn answering(mut text: Text, graph: &Graph, key: &str) -> Text {
    let mut index = 0;
    while index < graph.nodes.len() {
        let node = &graph.nodes[index];
        let answers = match node.kind {
            Kind::Module(inner) => answers(inner, key),
            Kind::Group | Kind::Scope(_) | Kind::Unknown => false,
            _ => !matches!(node.registration, Registration::GroupOnly) && node.qualifier.is_none() && names(node, key),
        };
        if answers {
            text = text.push("\n    `").push(node.field).push(": ").push(node.service).push("` does\n");
        }
        index += 1;
    }
    text
}

/// Whether something of the graph itself, not what it inherits, answers the key.
pub(super) const fn answers(graph: &Graph, key: &str) -> bool {
    let mut index = 0;
    while index < graph.nodes.len() {
        let node = &graph.nodes[index];
        if !matches!(node.kind, Kind::Inherited) && names(node, key) {
            return true;
        }
        index += 1;
    }
    false
}
