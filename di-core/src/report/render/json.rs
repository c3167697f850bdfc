//! A report as JSON, and the shape in which it is read again.
//!
//! What a reader must know stands in `docs/report.schema.json`. [`VERSION`] grows when something is removed or means
//! something else; what is only added leaves it.

use serde::{Deserialize, Serialize};

use super::Extra;
use crate::report::Report;
use crate::report::analysis::forecast::{Break, Forecast};
use crate::report::analysis::phase::Phase;
use crate::report::analysis::reach;
use crate::report::analysis::share::Share;
use crate::report::model::{Edge, Model, Node, NodeId, Place, Registration};

/// The name of the format.
pub(crate) const SCHEMA: &str = "di-report";

/// The version that is written, and the latest that is read.
pub(crate) const VERSION: u32 = 1;

/// A report in a file.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Document {
    pub(crate) schema: String,
    pub(crate) version: u32,
    pub(crate) container: String,
    /// Derived, and so not read.
    #[serde(skip_deserializing)]
    figures: Option<Figures>,
    pub(crate) containers: Vec<ContainerDocument>,
    pub(crate) nodes: Vec<NodeDocument>,
    #[serde(skip_deserializing, skip_serializing_if = "Option::is_none")]
    next: Option<ForecastDocument>,
}

#[derive(Debug, Serialize)]
struct Figures {
    services: usize,
    coverage: ShareDocument,
    coupling: ShareDocument,
    longest_chain: Vec<String>,
}

#[derive(Debug, Serialize)]
struct ShareDocument {
    part: usize,
    whole: usize,
    percent: usize,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct ContainerDocument {
    pub(crate) name: String,
    /// The path of the node that it is in the container around it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) holder: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) register: Option<Word>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) absent: Vec<String>,
    pub(crate) order: Vec<String>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct NodeDocument {
    pub(crate) path: String,
    /// The position of its container.
    pub(crate) container: usize,
    pub(crate) field: String,
    pub(crate) service: String,
    pub(crate) kind: Kind,
    pub(crate) registration: Word,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) explicit: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) deprecated: Option<bool>,
    #[serde(skip_deserializing, skip_serializing_if = "Option::is_none")]
    phase: Option<&'static str>,
    #[serde(default)]
    pub(crate) interfaces: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) qualifier: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) group: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) key: Option<String>,
    #[serde(default, rename = "async")]
    pub(crate) is_async: bool,
    #[serde(default, rename = "fallible")]
    pub(crate) is_fallible: bool,
    #[serde(default)]
    pub(crate) entry: bool,
    #[serde(default, rename = "takes_arguments", skip_serializing_if = "std::ops::Not::not")]
    pub(crate) has_args: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) inner: Option<usize>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) replaces: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) field_at: Option<PlaceDocument>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) service_at: Option<PlaceDocument>,
    #[serde(skip_deserializing)]
    layer: usize,
    #[serde(skip_deserializing)]
    used_by: Vec<String>,
    #[serde(skip_deserializing)]
    falls_with: usize,
    #[serde(skip_deserializing, skip_serializing_if = "Option::is_none")]
    only_through: Option<String>,
    #[serde(default)]
    pub(crate) edges: Vec<EdgeDocument>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct PlaceDocument {
    pub(crate) file: String,
    pub(crate) line: u32,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct EdgeDocument {
    pub(crate) member: String,
    pub(crate) key: String,
    pub(crate) concrete: bool,
    pub(crate) form: Form,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) qualifier: Option<String>,
    /// The path of what answers; left out where nothing does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) target: Option<String>,
    #[serde(default)]
    pub(crate) deferred: bool,
}

/// A registration.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Word {
    Concrete,
    Dual,
    Interface,
    Group,
}

/// A kind of node.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    Singleton,
    Transient,
    Input,
    Inherited,
    Group,
    Module,
    Scope,
}

/// A form of dependency.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Form {
    One,
    Optional,
    Many,
    Lazy,
    Factory,
}

#[derive(Debug, Serialize)]
struct ForecastDocument {
    step: String,
    presumed: bool,
    coverage: ShareDocument,
    changes: Vec<String>,
    silent: Vec<String>,
    breaks: Vec<BreakDocument>,
}

#[derive(Debug, Serialize)]
struct BreakDocument {
    code: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    consumer: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    member: Option<String>,
    message: String,
}

pub(super) fn report(report: &Report, extra: &Extra) -> String {
    let document = document(report, extra);
    // Strings, numbers and lists: nothing in the document can fail to be written.
    let mut json = serde_json::to_string_pretty(&document).unwrap_or_default();
    json.push('\n');
    json
}

fn document(report: &Report, extra: &Extra) -> Document {
    let model = &report.model;
    let path = |node: &NodeId| model.nodes[*node].path.clone();
    Document {
        schema: SCHEMA.to_owned(),
        version: VERSION,
        container: model.name().to_owned(),
        figures: Some(Figures {
            services: model.nodes.iter().filter(|node| node.is_service()).count(),
            coverage: share(report.coverage()),
            coupling: share(report.coupling()),
            longest_chain: report.longest_chain.iter().map(path).collect(),
        }),
        containers: model
            .containers
            .iter()
            .map(|container| ContainerDocument {
                name: container.name.clone(),
                holder: container.holder.as_ref().map(path),
                register: container.register.map(Word::of),
                absent: container.absent.clone(),
                order: container.order.iter().map(path).collect(),
            })
            .collect(),
        nodes: (0..model.nodes.len()).map(|index| node(report, index, extra)).collect(),
        next: extra.forecast.as_ref().map(forecast),
    }
}

fn node(report: &Report, index: NodeId, extra: &Extra) -> NodeDocument {
    let model = &report.model;
    let node = &model.nodes[index];
    let path = |node: NodeId| model.nodes[node].path.clone();
    let place = |place: &Option<Place>| {
        let place = place.as_ref().filter(|_| !extra.without_places)?;
        Some(PlaceDocument { file: place.file.clone(), line: place.line })
    };
    let Node { container, is_async, is_fallible, entry, has_args, inner, explicit, deprecated, .. } = *node;
    NodeDocument {
        path: node.path.clone(),
        container,
        field: node.field.clone(),
        service: node.service.clone(),
        kind: Kind::of(node.kind),
        registration: Word::of(node.registration),
        explicit,
        deprecated,
        phase: node.is_service().then(|| Phase::of(model, index).words()),
        interfaces: node.interfaces.clone(),
        qualifier: node.qualifier.clone(),
        group: node.group.clone(),
        key: node.key.clone(),
        is_async,
        is_fallible,
        entry,
        has_args,
        inner,
        replaces: node.replaces.clone(),
        field_at: place(&node.field_at),
        service_at: place(&node.service_at),
        layer: report.layers[index],
        used_by: report.links.dependents(index).into_iter().map(path).collect(),
        falls_with: reach::falls_with(&report.links, index).len(),
        only_through: report.dominators[index].map(path),
        edges: node.edges.iter().map(|edge| edge_document(model, edge)).collect(),
    }
}

fn edge_document(model: &Model, edge: &Edge) -> EdgeDocument {
    EdgeDocument {
        member: edge.member.clone(),
        key: edge.key.clone(),
        concrete: edge.concrete,
        form: Form::of(edge.form),
        qualifier: edge.qualifier.clone(),
        target: edge.target.map(|target| model.nodes[target].path.clone()),
        deferred: edge.deferred,
    }
}

fn share(share: Share) -> ShareDocument {
    ShareDocument { part: share.part, whole: share.whole, percent: share.percent() }
}

fn forecast(forecast: &Forecast) -> ForecastDocument {
    let breaks = forecast.breaks.iter().map(|broken| {
        let (consumer, member) = match broken {
            Break::Dependency { consumer, member, .. } => (Some(consumer.clone()), Some(member.clone())),
            _ => (None, None),
        };
        BreakDocument { code: broken.code(), consumer, member, message: broken.to_string() }
    });
    ForecastDocument {
        step: forecast.step.to_string(),
        presumed: forecast.presumed,
        coverage: share(forecast.coverage),
        changes: forecast.changes.clone(),
        silent: forecast.silent.clone(),
        breaks: breaks.collect(),
    }
}

/// Writes the two directions between an enum of the model and its word in a file.
macro_rules! words {
    ($document:ident, $model:path, $($variant:ident)*) => {
        impl $document {
            fn of(of: $model) -> Self {
                use $model as Model;
                match of {
                    $(Model::$variant => Self::$variant,)*
                }
            }

            pub(crate) fn model(self) -> $model {
                use $model as Model;
                match self {
                    $(Self::$variant => Model::$variant,)*
                }
            }
        }
    };
}

words!(Word, Registration, Concrete Dual Interface Group);
words!(Kind, crate::report::model::Kind, Singleton Transient Input Inherited Group Module Scope);
words!(Form, crate::report::model::Form, One Optional Many Lazy Factory);
