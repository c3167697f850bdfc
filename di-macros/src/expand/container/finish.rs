//! The end of the chain: all that a container is made of is known here, as text.

use proc_macro2::{TokenStream, TokenTree};
use quote::quote;
use syn::{Item, Type};

use super::chain::{flatten, has_hidden_macro, said_by};
use super::wiring::Wiring;
use super::{bindings, graph, keys, typed, warnings};
use crate::check;
use crate::check::graph::fault::{Fault, Place};
use crate::errors::{Code, Errors};
use crate::graph::text::name;
use crate::graph::{Edge, Graph, Target, exports};
use crate::model::container::{Args, Container};
use crate::model::listed::Kind as Listed;
use crate::model::said::{MemberKind, Said};
use crate::spans::Location;
use crate::text::{of_type, text};
use crate::trees::Trees;

/// Writes what the container does, or what is wrong with it.
pub(crate) fn finish(input: TokenStream) -> TokenStream {
    let mut parts = input.into_iter();
    let (Some(TokenTree::Group(definition)), Some(TokenTree::Group(said))) = (parts.next(), parts.next()) else {
        return TokenStream::new();
    };
    // `[args] struct App { .. }`, and a word before it if there are faults in it.
    let mut definition = definition.stream().into_iter().peekable();
    let has_faults = definition.next_if(|token| matches!(token, TokenTree::Ident(_))).is_some();
    let Some(TokenTree::Group(args)) = definition.next() else { return TokenStream::new() };
    let item = match crate::parse::item(definition.collect()) {
        Ok(Item::Struct(item)) => item,
        Ok(_) => return TokenStream::new(),
        Err(error) => return error.to_compile_error(),
    };
    // The attribute has reported what is wrong with the declaration itself.
    let mut reported = Errors::default();
    let args = Args::parse(args.stream(), &mut reported);
    let mut container = Container::of_struct(args, item, TokenStream::new(), &mut reported);
    let is_reported = !reported.is_empty() || has_faults;
    let mut said = said_of_fields(&container, said.stream());
    let mut errors = Errors::default();
    functions_provide_interfaces(&container, &mut said, &mut errors);
    exports::resolve(&mut container, &said);
    let mut graph = Graph::of(&container, &said, Location::of(&container.name).map(|location| location.file));
    let doubled = report(&container, &graph, &said, &mut errors);
    for nodes in &doubled {
        graph.leave_untyped(nodes);
    }
    let is_faulty = is_reported || !errors.is_empty();
    let wiring = Wiring::new(&container, &graph, &said, is_faulty, &doubled);
    let typed = typed::checks(&wiring);
    let construction = wiring.construction();
    let bindings = bindings::bindings(&wiring);
    let tables = graph::tables(&wiring);
    let keys = if is_faulty { TokenStream::new() } else { keys::checks(&container, &graph) };
    let warnings = if is_faulty { TokenStream::new() } else { warnings::warnings(&container, &graph) };
    let imports = wiring.imports();
    let errors = errors.into_tokens();
    quote! {
        #imports
        #typed
        #construction
        #bindings
        #tables
        #keys
        #warnings
        #errors
    }
}

/// What the type of each field says.
fn said_of_fields(container: &Container, said: TokenStream) -> Vec<Option<Said>> {
    let mut literals = Trees::new();
    flatten(said.into(), &mut literals);
    let mut literals = literals.into_iter();
    let of_field = |is_listed: bool| {
        let literal = if is_listed { literals.next()? } else { return None };
        Said::decode(&said_by(&literal)?)
    };
    container.fields.iter().map(has_hidden_macro).map(of_field).collect()
}

/// All faults that the text tells of; returned are the nodes that answer one key with others, as told there.
fn report(container: &Container, graph: &Graph, said: &[Option<Said>], errors: &mut Errors) -> Vec<Vec<usize>> {
    use check::graph::{coverage, cycle, duplicate, group, missing, mode, nested, not_a_service, unfilled};

    let mut faults = not_a_service::faults(graph);
    faults.extend(nested::faults(graph));
    faults.extend(unfilled::faults(graph));
    let duplicate::Faults { certain, likely } = duplicate::faults(graph);
    let (certain, told): (Vec<Vec<usize>>, Vec<_>) = certain.into_iter().unzip();
    faults.extend(told);
    let decided_by_types = |nodes: &[usize]| {
        graph.dependencies().any(|found| match &found.edge.target {
            Target::Typed(candidates) => nodes.iter().all(|node| candidates.contains(node)),
            _ => false,
        })
    };
    // What is deferred or qualified, only the text can decide.
    let decided_by_text = |nodes: &[usize]| {
        graph.dependencies().any(|found| {
            found.edge.target == Target::Missing && duplicate::answering(graph, found.edge).as_slice() == nodes
        })
    };
    let likely: Vec<_> =
        likely.into_iter().filter(|(nodes, _)| decided_by_text(nodes) || !decided_by_types(nodes)).collect();
    let (likely, told): (Vec<Vec<usize>>, Vec<_>) = likely.into_iter().unzip();
    faults.extend(told);
    let absent: Vec<String> = container.absent.iter().map(text).collect();
    faults.extend(duplicate::absent(graph, &absent));
    let empty: Vec<String> =
        container.groups.iter().filter(|group| group.members.is_empty()).map(|group| text(&group.interface)).collect();
    faults.extend(group::keys(graph));
    faults.extend(group::empty(graph, &empty));
    // Several answers are one fault, and not also none.
    let is_doubled = |edge: &Edge| {
        let nodes = duplicate::answering(graph, edge);
        let is_certain = |certain: &Vec<usize>| nodes.iter().all(|node| certain.contains(node));
        nodes.len() > 1 && (certain.iter().any(is_certain) || likely.contains(&nodes))
    };
    faults.extend(missing::faults(graph, is_doubled));
    faults.extend(cycle::faults(graph));
    if let Some(build) = container.build.as_ref().filter(|build| build.is_known) {
        faults.extend(mode::faults(graph, build.mode()));
    }
    for limit in &container.limits {
        let Ok(percent) = limit.percent.base10_parse() else { continue };
        let fault = if limit.rule == "max_coupling" {
            coverage::max_coupling(graph, percent)
        } else {
            coverage::interface_coverage(graph, percent)
        };
        faults.extend(fault);
    }
    for Fault { place, text } in faults {
        at_place(container, place, text, errors);
    }
    modules_are_containers(container, said, errors);
    functions_provide(container, said, errors);
    for (node, said) in said.iter().enumerate() {
        let asks_for_key = said.as_ref().is_some_and(|said| said.members.iter().any(|own| own.kind == MemberKind::Key));
        if asks_for_key && graph.nodes[node].key.is_none() {
            errors.at(&container.fields[node].ty, group::no_key(graph, node));
        }
    }
    certain.into_iter().chain(likely).collect()
}

fn at_place(container: &Container, place: Place, text: String, errors: &mut Errors) {
    let fields = container.fields.len();
    match place {
        Place::Node(node) if node < fields => errors.at(&container.fields[node].ty, text),
        Place::Node(node) => match container.groups.get(node - fields) {
            Some(group) => errors.at(&group.interface, text),
            None => errors.at(&container.name, text),
        },
        Place::Key(node) => {
            let membership = container.fields.get(node).and_then(|field| field.group.as_ref());
            match membership.and_then(|membership| membership.key.as_ref()) {
                Some(key) => errors.at(key, text),
                None => errors.at(&container.name, text),
            }
        }
        Place::Build => match &container.build {
            Some(build) => errors.at(&build.word, text),
            None => errors.at(&container.name, text),
        },
        Place::Limit(rule) => match container.limits.iter().find(|limit| limit.rule == rule) {
            Some(limit) => errors.at(&limit.percent, text),
            None => errors.at(&container.name, text),
        },
        Place::Absent(index) => match container.absent.get(index) {
            Some(interface) => errors.at(interface, text),
            None => errors.at(&container.name, text),
        },
        Place::Empty(index) => {
            let mut empty = container.groups.iter().filter(|group| group.members.is_empty());
            match empty.nth(index) {
                Some(group) => errors.at(&group.interface, text),
                None => errors.at(&container.name, text),
            }
        }
    }
}

/// DI0012: what a function provides is said beside the function, and nothing else has one.
fn functions_provide(container: &Container, said: &[Option<Said>], errors: &mut Errors) {
    for (field, said) in container.fields.iter().zip(said) {
        let Some(said) = said.as_ref().filter(|said| said.flags.is_provider != field.product.is_some()) else {
            continue;
        };
        let (name, ty, provided) = (field.plain_name(), of_type(&field.ty), of_type(field.provided()));
        let message = if said.flags.is_provider {
            format!(
                "`{ty}` is a function that provides a value\n\n  help: say of which type: `#[provide({ty})] {name}: Type`"
            )
        } else {
            format!(
                "`{ty}` is a service, and no function that provides one\n\n  help: list it as one: `{name}: {ty}`, which answers `{provided}` if it provides that"
            )
        };
        errors.report(&field.ty, Code::DI0012, message);
    }
}

/// DI0001: a function that is listed for an interface provides one. One that does not is taken to do so from here on.
fn functions_provide_interfaces(container: &Container, said: &mut [Option<Said>], errors: &mut Errors) {
    for (field, said) in container.fields.iter().zip(said) {
        let (Some(interface @ Type::TraitObject(_)), Some(said)) = (&field.product, said) else { continue };
        if !said.flags.is_provider || !said.interfaces.is_empty() {
            continue;
        }
        let (function, interface_name) = (of_type(&field.ty), of_type(interface));
        // After an error at the function itself, nothing is said again.
        if !said.flags.is_reported {
            let provided = interface_name.trim_start_matches("dyn ");
            errors.report(
                interface,
                Code::DI0001,
                format_args!(
                    "the function `{function}` does not provide `{interface_name}`\n\n  help: say that it does: `#[service(provides = {provided})]` on `fn {}`",
                    name(&function).unwrap_or(&function)
                ),
            );
        }
        said.interfaces.push(interface_name);
    }
}

/// DI0018: what is listed as a module or a scope is a container, and nothing else is.
fn modules_are_containers(container: &Container, said: &[Option<Said>], errors: &mut Errors) {
    for (field, said) in container.fields.iter().zip(said) {
        let Some(said) = said else { continue };
        let is_container = matches!(field.kind, Listed::Module | Listed::Scope);
        if said.flags.is_container == is_container {
            continue;
        }
        let (name, ty) = (field.plain_name(), of_type(&field.ty));
        let message = if field.replaces.is_some() {
            // An override has no attributes on fields.
            let (what, instead) = if is_container {
                ("a service, and no container", "a container")
            } else {
                ("a container, and no service", "a service")
            };
            format!("`{ty}` is {what}\n\n  help: replace `{name}` with {instead}")
        } else if is_container {
            let word = field.kind.word();
            format!(
                "`{ty}` is a service, and no container\n\n  help: list it as one: `{name}: {ty}` without `#[{word}]`"
            )
        } else {
            format!(
                "`{ty}` is a container, and stands in another one as a module or as a scope\n\n  help: list it as a module: `#[module] {name}: {ty}`\n  help: or as a scope, which is built by `.{name}(..)`: `#[scope] {name}: {ty}`"
            )
        };
        errors.report(&field.ty, Code::DI0018, message);
    }
}
