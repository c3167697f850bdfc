//! The model of a report that was saved as JSON.

use std::collections::HashMap;
use std::fmt;

use super::model::{Container, Edge, Model, Node, NodeId, Place};
use super::render::json::{ContainerDocument, Document, EdgeDocument, NodeDocument, PlaceDocument, SCHEMA, VERSION};

/// Why a text is not read as a report.
#[derive(Debug)]
pub struct ReadError(Fault);

#[derive(Debug)]
enum Fault {
    Json(serde_json::Error),
    Schema(String),
    Version(u32),
    Path { at: String, path: String },
    Twice(String),
    Container { at: String, container: usize },
    Empty,
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Fault::Json(error) => write!(f, "expected a report as JSON: {error}"),
            Fault::Schema(schema) => write!(f, "`schema`: expected \"{SCHEMA}\", found \"{schema}\""),
            Fault::Version(version) => {
                write!(f, "`version`: expected 1 to {VERSION}, found {version}: it was written by another version")
            }
            Fault::Path { at, path } => write!(f, "{at}: expected the path of a node, found \"{path}\""),
            Fault::Twice(path) => write!(f, "`nodes`: the path \"{path}\" stands there twice"),
            Fault::Container { at, container } => {
                write!(f, "{at}: expected the position of a container, found {container}")
            }
            Fault::Empty => write!(f, "`containers`: expected at least one"),
        }
    }
}

impl std::error::Error for ReadError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.0 {
            Fault::Json(error) => Some(error),
            _ => None,
        }
    }
}

/// Where a path leads.
struct Paths<'a>(HashMap<&'a str, NodeId>);

impl Paths<'_> {
    fn node(&self, path: &str, at: impl Fn() -> String) -> Result<NodeId, ReadError> {
        let missing = || ReadError(Fault::Path { at: at(), path: path.to_owned() });
        self.0.get(path).copied().ok_or_else(missing)
    }
}

pub(super) fn model(text: &str) -> Result<Model, ReadError> {
    let document: Document = serde_json::from_str(text).map_err(|error| ReadError(Fault::Json(error)))?;
    if document.schema != SCHEMA {
        return Err(ReadError(Fault::Schema(document.schema)));
    }
    if !(1..=VERSION).contains(&document.version) {
        return Err(ReadError(Fault::Version(document.version)));
    }
    if document.containers.is_empty() {
        return Err(ReadError(Fault::Empty));
    }
    let mut paths = Paths(HashMap::new());
    for (index, node) in document.nodes.iter().enumerate() {
        if paths.0.insert(&node.path, index).is_some() {
            return Err(ReadError(Fault::Twice(node.path.clone())));
        }
    }
    let containers = document.containers.iter().map(|container| of_container(container, &paths));
    let nodes = document.nodes.iter().map(|node| of_node(node, &paths, document.containers.len()));
    Ok(Model { containers: containers.collect::<Result<_, _>>()?, nodes: nodes.collect::<Result<_, _>>()? })
}

fn of_container(container: &ContainerDocument, paths: &Paths<'_>) -> Result<Container, ReadError> {
    let node = |path: &String, what: &str| paths.node(path, || format!("container \"{}\", `{what}`", container.name));
    Ok(Container {
        name: container.name.clone(),
        holder: container.holder.as_ref().map(|holder| node(holder, "holder")).transpose()?,
        register: container.register.map(|word| word.model()),
        absent: container.absent.clone(),
        order: container.order.iter().map(|path| node(path, "order")).collect::<Result<_, _>>()?,
    })
}

fn of_node(node: &NodeDocument, paths: &Paths<'_>, containers: usize) -> Result<Node, ReadError> {
    for (what, container) in [("container", Some(node.container)), ("inner", node.inner)] {
        if let Some(container) = container.filter(|container| *container >= containers) {
            return Err(ReadError(Fault::Container { at: format!("node \"{}\", `{what}`", node.path), container }));
        }
    }
    let place = |place: &PlaceDocument| Place { file: place.file.clone(), line: place.line };
    Ok(Node {
        container: node.container,
        path: node.path.clone(),
        field: node.field.clone(),
        service: node.service.clone(),
        kind: node.kind.model(),
        registration: node.registration.model(),
        explicit: node.explicit,
        deprecated: node.deprecated,
        interfaces: node.interfaces.clone(),
        qualifier: node.qualifier.clone(),
        group: node.group.clone(),
        key: node.key.clone(),
        edges: node.edges.iter().map(|edge| of_edge(node, edge, paths)).collect::<Result<_, _>>()?,
        is_async: node.is_async,
        is_fallible: node.is_fallible,
        entry: node.entry,
        has_args: node.has_args,
        inner: node.inner,
        replaces: node.replaces.clone(),
        field_at: node.field_at.as_ref().map(place),
        service_at: node.service_at.as_ref().map(place),
    })
}

fn of_edge(node: &NodeDocument, edge: &EdgeDocument, paths: &Paths<'_>) -> Result<Edge, ReadError> {
    let at = || format!("node \"{}\", `edges`, `{}`, `target`", node.path, edge.member);
    Ok(Edge {
        member: edge.member.clone(),
        key: edge.key.clone(),
        concrete: edge.concrete,
        form: edge.form.model(),
        qualifier: edge.qualifier.clone(),
        target: edge.target.as_ref().map(|target| paths.node(target, at)).transpose()?,
        deferred: edge.deferred,
    })
}
