//! DI0005: a field's type is not a service, or is one under an alias.

use super::fault::{Fault, Place};
use super::message::Message;
use crate::errors::Code;
use crate::graph::text::{name, spelling};
use crate::graph::{Graph, Kind, Node};

/// The types that have no path, and so no place for an attribute of ours.
const BUILT_IN: [&str; 18] = [
    "bool", "char", "str", "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize",
    "f32", "f64", "Self",
];

/// A fault for each field whose type is not known as a service.
pub(crate) fn faults(graph: &Graph) -> Vec<Fault> {
    let unknown = graph.nodes.iter().enumerate().filter(|(_, node)| node.kind == Kind::Unknown);
    unknown.map(|(index, node)| Fault { place: Place::Node(index), text: message(graph, node) }).collect()
}

fn message(graph: &Graph, node: &Node) -> String {
    let Node { field, service, .. } = node;
    if is_repeated(graph, node) {
        return Message::new(
            Code::DI0005,
            format!("no service `{service}` is in scope where `{}` stands", graph.container),
        )
        .paragraph(vec![format!("`{field}` has this type in the container that `{}` is made from", graph.container)])
        .help(format!("bring its name into scope: `use path::to::{};`", first_name(service)))
        .help(format!("replace it: `replace({field} = Service)`"))
        .into_text();
    }
    if let Some(function) = &node.function {
        return Message::new(Code::DI0005, format!("the function `{function}` is not a service"))
            .paragraph(vec![format!("`{}` lists what it provides as `{field}`", graph.container)])
            .help(format!(
                "annotate it, where it is declared: `#[service]` above `fn {}`",
                name(function).unwrap_or(function)
            ))
            .into_text();
    }
    let message = Message::new(Code::DI0005, format!("`{service}` is not a service"))
        .paragraph(vec![format!("`{}` lists it as `{field}`", graph.container)])
        .help(match node.replaces {
            None => format!("let the caller supply it: `#[input] {field}: {service}`"),
            Some(_) => format!("let the caller supply it: `replace({field} = input {service})`"),
        });
    let message = if service.starts_with("Arc<") {
        message
    } else {
        let function = format!("`#[service] fn make_{field}() -> {service}`");
        message.help(match node.replaces {
            None => {
                format!("let a function make it: {function}, listed as `#[provide(make_{field})] {field}: {service}`")
            }
            Some(_) => {
                format!("let a function make it: {function}, and `replace({field} = provide(make_{field}) {service})`")
            }
        })
    };
    let message = if may_be_annotated(service) {
        message
            .help("annotate it with `#[service]`, where it is declared")
            .help("if it is an alias of a service, write the service's own name, or rename it with `use .. as`")
    } else {
        message
    };
    message.into_text()
}

/// Whether the field is one that an override repeats: in the original, its type is a service, and has its name in scope.
fn is_repeated(graph: &Graph, node: &Node) -> bool {
    node.replaces.is_none() && graph.nodes.iter().any(|node| node.replaces.is_some())
}

/// What has to be in scope for a path: its first name.
fn first_name(service: &str) -> &str {
    service.split(|character: char| !character.is_alphanumeric() && character != '_').next().unwrap_or(service)
}

/// Whether it is a path without arguments: somebody's own type, as far as one can see.
fn may_be_annotated(service: &str) -> bool {
    let service = spelling(service);
    !BUILT_IN.contains(&service.as_str())
        && service.chars().all(|character| character.is_alphanumeric() || matches!(character, '_' | ':'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::samples::{graph, node};

    #[test]
    fn a_type_of_ones_own_can_become_a_service() {
        let text = "[DI0005] `Settings` is not a service

    `App` lists it as `settings`

  help: let the caller supply it: `#[input] settings: Settings`
  help: or let a function make it: `#[service] fn make_settings() -> Settings`, listed as `#[provide(make_settings)] settings: Settings`
  help: or annotate it with `#[service]`, where it is declared
  help: or if it is an alias of a service, write the service's own name, or rename it with `use .. as`
  see `di_core::diagnostics::DI0005`";
        let graph = graph([node("clock", "Clock"), node("settings", "Settings").kind(Kind::Unknown)]);
        assert_eq!(faults(&graph), [Fault { place: Place::Node(1), text: text.to_owned() }]);
    }

    #[test]
    fn what_an_override_repeats_is_not_in_scope() {
        let replaced = node("clock", "FakeClock").with(|node| node.replaces = Some("Clock".to_owned()));
        let graph = graph([replaced, node("settings", "Settings<u8>").kind(Kind::Unknown)]);
        let text = "[DI0005] no service `Settings<u8>` is in scope where `App` stands

    `settings` has this type in the container that `App` is made from

  help: bring its name into scope: `use path::to::Settings;`
  help: or replace it: `replace(settings = Service)`
  see `di_core::diagnostics::DI0005`";
        assert_eq!(faults(&graph), [Fault { place: Place::Node(1), text: text.to_owned() }]);
    }

    #[test]
    fn what_is_built_in_or_has_arguments_cannot() {
        for service in ["u16", "Arc<dyn IClock>", "Vec<String>", "(u8, u8)"] {
            let faults = faults(&graph([node("field", service).kind(Kind::Unknown)]));
            assert!(faults.iter().all(|fault| !fault.text.contains("annotate")), "{faults:?}");
        }
    }
}
