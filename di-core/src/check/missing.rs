//! DI0001, DI0004 and DI0009: nothing answers a dependency.

use crate::graph::{Edge, Graph, Kind, Node, Registration, Target, Wanted};

use super::near;
use super::text::{Text, alike, bare, holds, is_interface, resembles, same, same_option};

/// How many consumers are listed by name.
const LISTED: usize = 10;

/// The fault of one dependency, if it is the first that lacks its key.
pub(super) const fn fault(graph: &Graph, node: usize, edge: usize) -> Option<Text> {
    let lacking = &graph.nodes[node].edges[edge];
    if !is_missing(lacking.target)
        || !is_first(graph, node, edge)
        || matches!(lacking.wanted, Wanted::Nothing)
        || broken_transient(graph, lacking).is_some()
        || is_listed_without_service(graph, lacking.key)
    {
        return None;
    }
    let text = match lacking.wanted {
        Wanted::Many => Text::new()
            .push("[DI0009] `")
            .push(graph.container)
            .push("` has no member of the group `")
            .push(lacking.key)
            .push("`\n"),
        Wanted::Factory if makes(graph, lacking.key) => Text::new()
            .push("[DI0001] `")
            .push(graph.container)
            .push("` makes `")
            .push(lacking.key)
            .push("`, but not from what is asked for here\n"),
        Wanted::Factory => Text::new()
            .push("[DI0001] `")
            .push(graph.container)
            .push("` does not say that `")
            .push(lacking.key)
            .push("` is made on demand\n"),
        Wanted::One | Wanted::Optional | Wanted::Lazy | Wanted::Nothing if wound_down(graph, lacking.key).is_some() => {
            Text::new()
                .push("[DI0014] `")
                .push(lacking.key)
                .push("` answers only its interfaces in `")
                .push(graph.container)
                .push("`\n")
        }
        Wanted::One | Wanted::Optional | Wanted::Lazy | Wanted::Nothing => match scope_that_answers(graph, lacking.key)
        {
            Some(scope) => return Some(captive(graph, node, edge, scope)),
            None => Text::new()
                .push("[DI0001] nothing in `")
                .push(graph.container)
                .push("` provides `")
                .push(lacking.key)
                .push("`")
                .under(lacking.qualifier)
                .push("\n"),
        },
    };
    let text = chain(consumers(text, graph, lacking.key, lacking.wanted), graph, node);
    if let Some(node) = wound_down(graph, lacking.key) {
        return Some(ask_by_interface(text, &graph.nodes[node]));
    }
    let text = near::misses(text.push("\n"), graph, lacking);
    Some(ways_out(text, graph, lacking.key, lacking.wanted))
}

/// Whether a field that is no service would answer, if it were one: that is the fault to report (DI0005). What it would
/// provide is not known; the names tell.
const fn is_listed_without_service(graph: &Graph, key: &str) -> bool {
    let mut index = 0;
    while index < graph.nodes.len() {
        let node = &graph.nodes[index];
        if matches!(node.kind, Kind::Unknown) && (holds(node.service, key) || resembles(node.service, key)) {
            return true;
        }
        index += 1;
    }
    false
}

/// Whether a declared transient or scope is of that type.
const fn makes(graph: &Graph, key: &str) -> bool {
    let mut index = 0;
    while index < graph.nodes.len() {
        let node = &graph.nodes[index];
        if matches!(node.kind, Kind::Transient | Kind::Scope(_)) && alike(node.service, key) {
            return true;
        }
        index += 1;
    }
    false
}

/// A transient that would answer, if its own dependencies were answered: their fault is the one to report.
const fn broken_transient(graph: &Graph, edge: &Edge) -> Option<usize> {
    if !is_missing(edge.target) {
        return None;
    }
    let mut index = 0;
    while index < graph.nodes.len() {
        let node = &graph.nodes[index];
        if matches!(node.kind, Kind::Transient) && near::names(node, edge.key) && lacks_something(node) {
            return Some(index);
        }
        index += 1;
    }
    None
}

const fn lacks_something(node: &Node) -> bool {
    let mut index = 0;
    while index < node.edges.len() {
        if is_missing(node.edges[index].target) {
            return true;
        }
        index += 1;
    }
    false
}

const fn is_missing(target: Target) -> bool {
    matches!(target, Target::Missing)
}

/// Whether two dependencies are the same fault: the same key, wanted as a group, on demand, or as an instance.
const fn same_kind(left: Wanted, right: Wanted) -> bool {
    const fn class(wanted: Wanted) -> u8 {
        match wanted {
            Wanted::Many => 0,
            Wanted::Factory => 1,
            Wanted::One | Wanted::Optional | Wanted::Lazy | Wanted::Nothing => 2,
        }
    }
    class(left) == class(right)
}

const fn is_first(graph: &Graph, node: usize, edge: usize) -> bool {
    let lacking = &graph.nodes[node].edges[edge];
    let mut consumer = 0;
    while consumer <= node {
        let edges = graph.nodes[consumer].edges;
        let mut index = 0;
        while index < edges.len() && !(consumer == node && index == edge) {
            if is_missing(edges[index].target)
                && same_kind(edges[index].wanted, lacking.wanted)
                && same(edges[index].key, lacking.key)
                && same_option(edges[index].qualifier, lacking.qualifier)
            {
                return false;
            }
            index += 1;
        }
        consumer += 1;
    }
    true
}

/// A line per consumer, ten at most.
const fn consumers(mut text: Text, graph: &Graph, key: &str, wanted: Wanted) -> Text {
    let mut count = 0;
    let mut node = 0;
    while node < graph.nodes.len() {
        let edges = graph.nodes[node].edges;
        let mut index = 0;
        while index < edges.len() {
            if is_missing(edges[index].target) && same_kind(edges[index].wanted, wanted) && same(edges[index].key, key)
            {
                if count < LISTED {
                    text = text
                        .push("\n    `")
                        .push(graph.nodes[node].service)
                        .push("` needs it for `")
                        .push(edges[index].member)
                        .push("`");
                }
                count += 1;
            }
            index += 1;
        }
        node += 1;
    }
    if count > LISTED {
        text = text.push("\n    and ").number(count - LISTED).push(" others");
    }
    text
}

/// Who asked for the consumer, from the container's field down, where somebody did.
const fn chain(text: Text, graph: &Graph, node: usize) -> Text {
    let (path, len) = path_to(graph, node);
    if len < 2 {
        return text;
    }
    let mut text = text.push("\n\n    asked for by ");
    let mut index = len;
    while index > 0 {
        index -= 1;
        text = text.push("`").push(graph.nodes[path[index]].service).push("`");
        if index > 0 {
            text = text.push(" -> ");
        }
    }
    text
}

/// How many services of a chain are shown.
const SHOWN: usize = 12;

/// Some way from the node up to one that nobody needs: first the node, then who needs it, and so on.
pub(super) const fn path_to(graph: &Graph, node: usize) -> ([usize; SHOWN], usize) {
    let mut path = [0; SHOWN];
    path[0] = node;
    let mut len = 1;
    while len < SHOWN {
        match dependent(graph, &path, len) {
            Some(next) => {
                path[len] = next;
                len += 1;
            }
            None => break,
        }
    }
    (path, len)
}

/// A node that needs the last one of the path and is not on it.
const fn dependent(graph: &Graph, path: &[usize; SHOWN], len: usize) -> Option<usize> {
    let mut node = 0;
    while node < graph.nodes.len() {
        if needs(graph, node, path[len - 1]) && !contains(path, len, node) {
            return Some(node);
        }
        node += 1;
    }
    None
}

const fn needs(graph: &Graph, node: usize, dependency: usize) -> bool {
    let edges = graph.nodes[node].edges;
    let mut index = 0;
    while index < edges.len() {
        let target = match edges[index].target {
            Target::Node(target) => Some(target),
            _ => broken_transient(graph, &edges[index]),
        };
        if let Some(target) = target
            && target == dependency
        {
            return true;
        }
        index += 1;
    }
    false
}

const fn contains(path: &[usize; SHOWN], len: usize, node: usize) -> bool {
    let mut index = 0;
    while index < len {
        if path[index] == node {
            return true;
        }
        index += 1;
    }
    false
}

/// The ways out that hold whatever else is in the container.
const fn ways_out(text: Text, graph: &Graph, key: &str, wanted: Wanted) -> Text {
    match wanted {
        Wanted::Many => text
            .push("\n  help: add a member: `#[many(")
            .push(key)
            .push(")] name: Service`\n  help: or say that there is none: `#[empty(")
            .push(key)
            .push(")]` on `")
            .push(graph.container)
            .push("`")
            .see("DI0009"),
        Wanted::Factory if makes(graph, key) => text.see("DI0001"),
        Wanted::Factory => text
            .push("\n  help: list it in `")
            .push(graph.container)
            .push("`: `#[transient] name: ")
            .push(key)
            .push("`, or `#[scope]` if it is a container")
            .see("DI0001"),
        Wanted::One | Wanted::Optional | Wanted::Lazy | Wanted::Nothing => {
            let text = if is_interface(key) {
                text.push("\n  help: list a service annotated with `#[service(provides = ")
                    .push(bare(key))
                    .push(")]` in `")
                    .push(graph.container)
                    .push("`")
            } else {
                text.push("\n  help: list it in `").push(graph.container).push("`: `name: ").push(key).push("`")
            };
            let text = text.push("\n  help: or let the caller supply it: `#[input] name: Arc<").push(key).push(">`");
            let text = if matches!(wanted, Wanted::Optional) {
                text.push("\n  help: or say that there is none: `#[absent(")
                    .push(key)
                    .push(")]` on `")
                    .push(graph.container)
                    .push("`")
            } else {
                text
            };
            text.see("DI0001")
        }
    }
}

/// A service of that concrete type that is registered by interface only.
const fn wound_down(graph: &Graph, key: &str) -> Option<usize> {
    let mut index = 0;
    while index < graph.nodes.len() {
        let node = &graph.nodes[index];
        if !is_interface(key)
            && matches!(node.registration, Registration::Interface)
            && !node.interfaces.is_empty()
            && alike(node.service, key)
        {
            return Some(index);
        }
        index += 1;
    }
    None
}

/// DI0014: the ways out where the concrete type no longer answers.
const fn ask_by_interface(text: Text, node: &Node) -> Text {
    let mut text = text.push("\n");
    let mut index = 0;
    while index < node.interfaces.len() {
        text = text.push("\n  help: ask for `Arc<").push(node.interfaces[index]).push(">`");
        index += 1;
    }
    text.push("\n  help: or let both keys answer for a while: `#[register(dual)] ")
        .push(node.field)
        .push(": ")
        .push(node.service)
        .push("`")
        .see("DI0014")
}

/// A declared scope in which something answers the key.
const fn scope_that_answers<'a>(graph: &'a Graph, key: &str) -> Option<&'a Graph> {
    let mut index = 0;
    while index < graph.nodes.len() {
        if let Kind::Scope(scope) = graph.nodes[index].kind
            && near::answers(scope, key)
        {
            return Some(scope);
        }
        index += 1;
    }
    None
}

/// DI0004: what lives longer cannot hold what lives in a scope, directly or through transients.
const fn captive(graph: &Graph, node: usize, edge: usize, scope: &Graph) -> Text {
    let lacking = &graph.nodes[node].edges[edge];
    let holder = holder(graph, node);
    let text = Text::new().push("[DI0004] `").push(graph.nodes[holder].service).push("` outlives `").push(lacking.key);
    let text = text.push("`, which exists only in the scope `").push(scope.container).push("`\n");
    let text = chain(consumers(text, graph, lacking.key, lacking.wanted), graph, node);
    let text = text.push("\n\n  help: move `").push(graph.nodes[holder].service).push("`");
    let text = if holder == node { text } else { text.push(" and `").push(graph.nodes[node].service).push("`") };
    text.push(" into `")
        .push(scope.container)
        .push("`\n  help: or make a scope where you need one: `Factory<")
        .push(scope.container)
        .push(", (")
        .push(scope.container)
        .push("Inputs,)>`")
        .see("DI0004")
}

/// Who lives long: the node itself, or who holds the transient.
const fn holder(graph: &Graph, node: usize) -> usize {
    let (path, len) = path_to(graph, node);
    let mut index = 0;
    while index + 1 < len && matches!(graph.nodes[path[index]].kind, Kind::Transient) {
        index += 1;
    }
    path[index]
}
