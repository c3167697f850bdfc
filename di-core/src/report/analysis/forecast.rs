//! The forecast of a change of registration: what would no longer compile.

use std::fmt;

use crate::report::model::{Form, Kind, Model, Node, NodeId, Registration, alike};

use super::share::{self, Share};

/// A change of registration that is considered.
///
/// ```
/// use di_core::report::{Registration, Step};
///
/// assert_eq!(Step::everywhere(Registration::Interface).to_string(), "register = interface");
/// assert_eq!(Step::field("market", Registration::Dual).to_string(), "#[register(dual)] market");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    scope: Scope,
    to: Registration,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Scope {
    Everywhere,
    Container(String),
    Field(String),
}

impl Step {
    /// `#[container(register = ..)]` on the container and on each module and scope inside it.
    pub fn everywhere(to: Registration) -> Self {
        Self { scope: Scope::Everywhere, to }
    }

    /// `#[container(register = ..)]` on the container of that name.
    pub fn container(name: &str, to: Registration) -> Self {
        Self { scope: Scope::Container(name.to_owned()), to }
    }

    /// `#[register(..)]` on the field at that path: `market`, or `monitoring.alerts` in a module.
    pub fn field(path: &str, to: Registration) -> Self {
        Self { scope: Scope::Field(path.to_owned()), to }
    }

    /// The registration of a node after it.
    fn registration(&self, model: &Model, index: NodeId) -> Registration {
        let node = &model.nodes[index];
        let follows = match &self.scope {
            Scope::Field(path) => *path == node.path,
            _ if !follows_its_container(model, node) => false,
            Scope::Container(name) => model.containers[node.container].name == *name,
            Scope::Everywhere => true,
        };
        if node.is_service() && follows { self.to } else { node.registration }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = self.to.word();
        match &self.scope {
            Scope::Everywhere => write!(f, "register = {word}"),
            Scope::Container(name) => write!(f, "register = {word} on {name}"),
            Scope::Field(path) => write!(f, "#[register({word})] {path}"),
        }
    }
}

/// Whether the container decides how a field is registered. It never does for a member of a group. Where the graph does not
/// tell whether a field has a registration of its own, one other than that of most fields must have been written.
fn follows_its_container(model: &Model, node: &Node) -> bool {
    if node.group.is_some() {
        return false;
    }
    if let Some(explicit) = node.explicit {
        return !explicit;
    }
    let default = model.containers[node.container].register.unwrap_or_else(|| most_common(model, node.container));
    node.registration == default
}

fn most_common(model: &Model, container: usize) -> Registration {
    let services = || model.nodes_of(container).filter(|(_, node)| node.is_service() && node.group.is_none());
    let count = |registration| services().filter(|(_, node)| node.registration == registration).count();
    // Of equally many, the one that the container has if it says nothing.
    [Registration::Interface, Registration::Concrete, Registration::Dual]
        .into_iter()
        .max_by_key(|registration| count(*registration))
        .unwrap_or(Registration::Dual)
}

/// What a change of registration would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forecast {
    /// The change.
    pub step: Step,
    /// What would no longer compile; nothing if it can be taken today. All places are here, also those that the compiler
    /// names only when others are mended: it does so for who asks for a transient that has faults of its own.
    pub breaks: Vec<Break>,
    /// The paths of fields whose registration would change.
    pub changes: Vec<String>,
    /// The paths of services that would answer no key at all, since they provide no interface. As long as nothing asks
    /// for them they compile; `get` from outside does not.
    pub silent: Vec<String>,
    /// The interface coverage after it.
    pub coverage: Share,
    /// Whether the graph does not tell which fields have a registration of their own, so that those that are registered as
    /// most are were presumed to follow their container.
    pub presumed: bool,
}

/// What is to be said of a forecast that is [presumed](Forecast::presumed).
pub(crate) const PRESUMED: &str =
    "fields that are registered as most are were presumed to have no registration of their own";

/// A place that would no longer compile.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Break {
    /// A dependency whose key would no longer answer: DI0014, or DI0001 where no interface could be asked for instead.
    Dependency {
        /// The path of the consumer.
        consumer: String,
        /// Its field or argument.
        member: String,
        /// The key that it asks for.
        key: String,
        /// The path of the service that answers it today.
        provider: String,
        /// The keys that would answer instead.
        instead: Vec<String>,
    },
    /// An interface that would have two answers: DI0003.
    TwoBindings {
        /// The container.
        container: String,
        /// The interface or type.
        key: String,
        /// The paths of those that would answer.
        providers: Vec<String>,
    },
    /// An interface that a module would no longer be able to export: DI0001.
    Export {
        /// The path of the module.
        module: String,
        /// The interface.
        key: String,
    },
    /// An interface that a container declares absent, or that an optional dependency lacks, and that would be provided:
    /// DI0003.
    NotAbsent {
        /// The container.
        container: String,
        /// The interface.
        key: String,
        /// The path of the service that would provide it.
        provider: String,
    },
}

impl Break {
    /// The code of the compiler's error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Dependency { instead, .. } if instead.is_empty() => "DI0001",
            Self::Dependency { .. } => "DI0014",
            Self::TwoBindings { .. } | Self::NotAbsent { .. } => "DI0003",
            Self::Export { .. } => "DI0001",
        }
    }
}

impl fmt::Display for Break {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ", self.code())?;
        match self {
            Self::Dependency { consumer, member, key, provider, instead } => {
                write!(f, "`{consumer}` asks for `{key}` for `{member}`, which `{provider}` would no longer answer")?;
                match instead.as_slice() {
                    [] => write!(f, "; it provides no interface"),
                    keys => write!(f, "; ask for `Arc<{}>`", keys.join(">` or `Arc<")),
                }
            }
            Self::TwoBindings { container, key, providers } => {
                write!(f, "`{container}` would have two bindings of `{key}`: `{}`", providers.join("` and `"))
            }
            Self::Export { module, key } => write!(f, "`{module}` exports `{key}`, which nothing in it would provide"),
            Self::NotAbsent { container, key, provider } => {
                write!(f, "`{container}` says that there is no `{key}`, but `{provider}` would provide it")
            }
        }
    }
}

/// What a step would do to a model.
pub(crate) fn of(model: &Model, step: &Step) -> Forecast {
    let after: Vec<_> = (0..model.nodes.len()).map(|node| step.registration(model, node)).collect();
    let changed = |index: &NodeId| after[*index] != model.nodes[*index].registration;
    let mut breaks = dependencies(model, &after);
    for container in 0..model.containers.len() {
        breaks.extend(two_bindings(model, &after, container));
        breaks.extend(not_absent(model, &after, container));
    }
    breaks.extend(exports(model, &after));
    let paths = |nodes: Vec<NodeId>| nodes.into_iter().map(|index| model.nodes[index].path.clone()).collect();
    let changes: Vec<NodeId> = (0..after.len()).filter(changed).collect();
    let mut later = model.clone();
    for (node, registration) in later.nodes.iter_mut().zip(&after) {
        node.registration = *registration;
    }
    let silent = changes.iter().copied().filter(|index| {
        let node = &model.nodes[*index];
        node.group.is_none() && node.interfaces.is_empty() && !after[*index].answers_concrete()
    });
    Forecast {
        step: step.clone(),
        breaks,
        silent: paths(silent.collect()),
        changes: paths(changes),
        coverage: share::coverage(&later),
        presumed: presumed(model, step),
    }
}

fn presumed(model: &Model, step: &Step) -> bool {
    let unknown = |node: &Node| node.is_service() && node.group.is_none() && node.explicit.is_none();
    !matches!(step.scope, Scope::Field(_)) && model.nodes.iter().any(unknown)
}

/// Dependencies on a key that would no longer answer.
fn dependencies(model: &Model, after: &[Registration]) -> Vec<Break> {
    let mut breaks = Vec::new();
    for consumer in model.nodes.iter().filter(|node| node.kind != Kind::Group) {
        for edge in &consumer.edges {
            let Some(target) = edge.target else { continue };
            let provider = &model.nodes[target];
            // A factory is found by what it makes, whatever its registration; a group by its members.
            let by_registration = provider.is_service() && !matches!(edge.form, Form::Factory | Form::Many);
            let (registration, concrete) = (after[target], edge.concrete);
            let answers = if concrete { registration.answers_concrete() } else { registration.answers_interfaces() };
            if !by_registration || answers {
                continue;
            }
            let instead = match registration {
                Registration::Interface => provider.interfaces.clone(),
                Registration::Concrete => vec![provider.service.clone()],
                Registration::Dual | Registration::Group => Vec::new(),
            };
            breaks.push(Break::Dependency {
                consumer: consumer.path.clone(),
                member: edge.member.clone(),
                key: edge.key.clone(),
                provider: provider.path.clone(),
                instead,
            });
        }
    }
    breaks
}

/// Keys that two nodes of a container would answer, of which at least one does not today.
fn two_bindings(model: &Model, after: &[Registration], container: usize) -> Vec<Break> {
    let mut answers: Vec<(String, Option<String>, Vec<NodeId>, bool)> = Vec::new();
    for (index, node) in model.nodes_of(container) {
        for key in keys(node, after[index]) {
            let is_new = !keys(node, node.registration).contains(&key);
            match answers.iter_mut().find(|(other, qualifier, ..)| alike(other, &key) && *qualifier == node.qualifier) {
                Some((.., nodes, new)) => {
                    nodes.push(index);
                    *new |= is_new;
                }
                None => answers.push((key, node.qualifier.clone(), vec![index], is_new)),
            }
        }
    }
    let clashes = answers.into_iter().filter(|(.., nodes, is_new)| nodes.len() > 1 && *is_new);
    clashes
        .map(|(key, _, nodes, _)| Break::TwoBindings {
            container: model.containers[container].name.clone(),
            key,
            providers: nodes.into_iter().map(|index| model.nodes[index].path.clone()).collect(),
        })
        .collect()
}

/// The keys that a node answers under a registration.
fn keys(node: &Node, registration: Registration) -> Vec<String> {
    match node.kind {
        Kind::Singleton | Kind::Transient => {
            let interfaces = if registration.answers_interfaces() { node.interfaces.as_slice() } else { &[] };
            let concrete = registration.answers_concrete().then(|| node.service.clone());
            interfaces.iter().cloned().chain(concrete).collect()
        }
        Kind::Input | Kind::Inherited if registration != Registration::Group => vec![node.service.clone()],
        Kind::Module if registration != Registration::Group => node.interfaces.clone(),
        _ => Vec::new(),
    }
}

/// Keys that are absent today, of which one would be provided.
fn not_absent(model: &Model, after: &[Registration], container: usize) -> Vec<Break> {
    let mut absent = model.containers[container].absent.clone();
    for (_, node) in model.nodes_of(container) {
        let lacking = node.edges.iter().filter(|edge| edge.target.is_none() && edge.qualifier.is_none());
        absent.extend(lacking.map(|edge| edge.key.clone()));
    }
    absent.sort();
    absent.dedup_by(|left, right| alike(left, right));
    let provider = |key: &String| {
        model.nodes_of(container).find(|(index, node)| {
            node.qualifier.is_none()
                && keys(node, after[*index]).iter().any(|own| alike(own, key))
                && !keys(node, node.registration).iter().any(|own| alike(own, key))
        })
    };
    let provided = absent.iter().filter_map(|key| Some((key, provider(key)?.1)));
    provided
        .map(|(key, node)| Break::NotAbsent {
            container: model.containers[container].name.clone(),
            key: key.clone(),
            provider: node.path.clone(),
        })
        .collect()
}

/// Exports of modules that nothing would provide any more.
fn exports(model: &Model, after: &[Registration]) -> Vec<Break> {
    let mut breaks = Vec::new();
    for module in model.nodes.iter().filter(|node| node.kind == Kind::Module) {
        let Some(inner) = module.inner else { continue };
        for export in &module.interfaces {
            let provided = |registration: &dyn Fn(NodeId, &Node) -> Registration| {
                model.nodes_of(inner).any(|(index, node)| {
                    node.qualifier.is_none()
                        && keys(node, registration(index, node)).iter().any(|key| alike(key, export))
                })
            };
            if provided(&|_, node| node.registration) && !provided(&|index, _| after[index]) {
                breaks.push(Break::Export { module: module.path.clone(), key: export.clone() });
            }
        }
    }
    breaks
}
