//! The model of a constant graph: the only file of the report that names the types of `di_core::graph`.

use crate::container::Container as AnyContainer;
use crate::graph;

use super::model::{Container, Edge, Form, Kind, Model, Node, Place, Registration};

/// The model of a container's graph.
pub(crate) fn of<C: AnyContainer>() -> Model {
    of_graph(&C::GRAPH)
}

/// The model of a graph.
pub(crate) fn of_graph(graph: &graph::Graph) -> Model {
    let mut model = Model { containers: Vec::new(), nodes: Vec::new() };
    add(&mut model, graph, None, "");
    model
}

/// Adds a graph and those inside it.
fn add(model: &mut Model, graph: &graph::Graph, holder: Option<usize>, prefix: &str) -> usize {
    let (container, first) = (model.containers.len(), model.nodes.len());
    model.containers.push(Container {
        name: graph.container.to_owned(),
        holder,
        register: Some(of_registration(graph.register)),
        absent: graph.absent.iter().map(|interface| (*interface).to_owned()).collect(),
        order: graph.order.iter().map(|index| first + index).collect(),
    });
    model.nodes.extend((0..graph.nodes.len()).map(|node| of_node(graph, node, container, first, prefix)));
    for (index, node) in graph.nodes.iter().enumerate() {
        if let graph::Kind::Module(inner) | graph::Kind::Scope(inner) = node.kind {
            let prefix = format!("{}.", model.nodes[first + index].path);
            let inner = add(model, inner, Some(first + index), &prefix);
            model.nodes[first + index].inner = Some(inner);
        }
    }
    container
}

fn of_node(graph: &graph::Graph, index: usize, container: usize, first: usize, prefix: &str) -> Node {
    let node = &graph.nodes[index];
    let owned = |text: Option<&str>| text.map(str::to_owned);
    Node {
        container,
        path: format!("{prefix}{}", node.field),
        field: node.field.to_owned(),
        service: node.service.to_owned(),
        kind: match node.kind {
            graph::Kind::Singleton => Kind::Singleton,
            graph::Kind::Transient => Kind::Transient,
            graph::Kind::Input => Kind::Input,
            graph::Kind::Inherited => Kind::Inherited,
            graph::Kind::Group => Kind::Group,
            graph::Kind::Module(_) => Kind::Module,
            graph::Kind::Scope(_) => Kind::Scope,
        },
        registration: of_registration(node.registration),
        explicit: Some(node.is_registered_itself),
        deprecated: Some(node.is_deprecated),
        interfaces: node.interfaces.iter().map(|interface| (*interface).to_owned()).collect(),
        qualifier: owned(node.qualifier),
        group: owned(node.group),
        key: owned(node.key),
        edges: node.edges.iter().map(|edge| of_edge(edge, first)).collect(),
        is_async: node.is_async,
        is_fallible: node.is_fallible,
        entry: node.entry,
        has_args: node.has_args,
        inner: None,
        replaces: owned(node.replaces),
        field_at: graph.field_place(index).map(of_place),
        service_at: graph.service_place(index).map(of_place),
    }
}

fn of_place(place: graph::Place) -> Place {
    Place { file: place.file.to_owned(), line: place.line }
}

fn of_registration(registration: graph::Registration) -> Registration {
    match registration {
        graph::Registration::Dual => Registration::Dual,
        graph::Registration::Interface => Registration::Interface,
        graph::Registration::Concrete => Registration::Concrete,
        graph::Registration::GroupOnly => Registration::Group,
    }
}

fn of_edge(edge: &graph::Edge, first: usize) -> Edge {
    let (target, deferred) = match edge.target {
        graph::Target::Node(index) => (Some(first + index), false),
        graph::Target::Deferred(index) => (Some(first + index), true),
        graph::Target::Absent | graph::Target::Missing => (None, false),
    };
    Edge {
        member: edge.member.to_owned(),
        key: edge.key.to_owned(),
        concrete: edge.is_concrete(),
        form: match edge.wanted {
            graph::Wanted::One => Form::One,
            graph::Wanted::Optional => Form::Optional,
            graph::Wanted::Many => Form::Many,
            graph::Wanted::Lazy => Form::Lazy,
            graph::Wanted::Factory => Form::Factory,
        },
        qualifier: edge.qualifier.map(str::to_owned),
        target,
        deferred,
    }
}
