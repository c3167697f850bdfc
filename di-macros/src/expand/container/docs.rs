//! The documentation of `build`: what it returns in words, and which keys the container answers.

use std::fmt::Write;

use crate::graph::{Graph, Kind, Node};
use crate::model::mode::Mode;

/// The text, as Markdown.
pub(super) fn of_build(name: &str, graph: &Graph, mode: Mode) -> String {
    let mut doc = format!("Builds `{name}`: every service after what it needs.\n\n");
    doc += &returned(name, graph, mode);
    let keys = keys(graph);
    if !keys.is_empty() {
        doc += "\n\n| key | field |\n| --- | --- |\n";
        for (key, field) in keys {
            // Writing to a string cannot fail.
            let _written = writeln!(doc, "| `{key}` | {field} |");
        }
    }
    doc
}

/// What is returned, and because of whom.
fn returned(name: &str, graph: &Graph, mode: Mode) -> String {
    let because = |is: fn(&Node) -> bool, does: &str| {
        let services = graph.nodes.iter().filter(|node| node.is_built() && is(node));
        let names: Vec<String> = services.map(|node| format!("`{}`", node.service)).collect();
        if names.is_empty() { "`build = ..` declares it".to_owned() } else { format!("{} {does}", names.join(", ")) }
    };
    let waits = || because(|node| node.is_async, "is built asynchronously");
    let fails = || because(|node| node.is_fallible, "can fail");
    match (mode.is_async, mode.is_fallible) {
        (false, false) => format!("It returns `{name}` itself: no constructor is async or can fail."),
        (true, false) => format!("It returns a future of `{name}`: {}.", waits()),
        (false, true) => format!("It returns a `Result`: {}.", fails()),
        (true, true) if waits() == fails() => format!("It returns a future of a `Result`: {}.", waits()),
        (true, true) => format!("It returns a future of a `Result`: {}, and {}.", waits(), fails()),
    }
}

/// The keys with the fields that answer them, in the order of the fields.
fn keys(graph: &Graph) -> Vec<(String, String)> {
    let mut keys = Vec::new();
    for node in &graph.nodes {
        let under = node.qualifier.as_ref().map(|qualifier| format!(" under {qualifier}")).unwrap_or_default();
        let mut answers = |key: &str| keys.push((format!("{key}{under}"), format!("`{}`", node.field)));
        match node.kind {
            Kind::Singleton | Kind::Transient if node.args.is_empty() => {
                if node.answers_interfaces() {
                    node.interfaces.iter().for_each(|interface| answers(interface));
                }
                if node.answers_concretely() {
                    answers(&node.service);
                }
            }
            Kind::Input | Kind::Inherited if node.answers_concretely() => answers(&node.service),
            Kind::Module => node.interfaces.iter().for_each(|interface| answers(interface)),
            _ => {}
        }
    }
    let groups = graph.nodes.iter().filter(|node| node.kind == Kind::Group);
    keys.extend(groups.map(|group| (format!("Many<{}>", group.service), "every member".to_owned())));
    keys
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::samples::{graph, node};

    #[test]
    fn a_build_says_what_it_returns_and_which_keys_answer() {
        let clock = node("clock", "SystemClock").provides("dyn IClock").with(|node| node.is_fallible = true);
        let graph = graph([clock, node("journal", "Journal")]);
        let doc = of_build("App", &graph, Mode { is_async: false, is_fallible: true });
        assert_eq!(
            doc,
            "Builds `App`: every service after what it needs.\n\n\
             It returns a `Result`: `SystemClock` can fail.\n\n\
             | key | field |\n| --- | --- |\n| `dyn IClock` | `clock` |\n| `SystemClock` | `clock` |\n\
             | `Journal` | `journal` |\n"
        );
    }

    #[test]
    fn a_build_that_needs_no_waiting_says_so() {
        let doc = of_build("App", &graph([]), Mode { is_async: false, is_fallible: false });
        assert!(doc.ends_with("It returns `App` itself: no constructor is async or can fail."), "{doc}");
    }
}
