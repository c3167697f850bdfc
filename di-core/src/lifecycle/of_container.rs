//! The plan of a container: its graph, with modules flattened, so that a service inside a module starts when its own
//! dependencies have started, and not when the whole module may.

use std::sync::Arc;
use std::time::Duration;

use super::application::Application;
use super::constructions::join;
use super::hooks::Lifecycle;
use super::names::{Name, settle};
use super::plan::Plan;
use super::plan_node::PlanNode;
use crate::container::{Container, Visitor};
use crate::graph::text::alike;
use crate::graph::{Edge, Graph, Kind, Node, Target};
use crate::request::request;
use crate::service::Service;

/// What a service that says `lifecycle` hands over.
#[doc(hidden)]
pub struct Managed {
    hooks: Arc<dyn Lifecycle>,
    start_budget: Option<Duration>,
    stop_budget: Option<Duration>,
}

impl Managed {
    /// The hooks, and the budgets of the attribute in milliseconds.
    pub fn new<S: Lifecycle>(service: &Arc<S>, start_ms: Option<u64>, stop_ms: Option<u64>) -> Self {
        Self {
            hooks: Arc::clone(service) as _,
            start_budget: start_ms.map(Duration::from_millis),
            stop_budget: stop_ms.map(Duration::from_millis),
        }
    }
}

impl std::fmt::Debug for Managed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Managed").finish_non_exhaustive()
    }
}

/// Where a node stands: what the graph knows of it, and the plan's nodes that answer each of its dependencies.
struct NodeContext<'a> {
    /// The service's name; its field's where several fields hold the same service.
    name: &'static str,
    node: &'static Node,
    needs: &'a [Vec<usize>],
}

/// Which nodes of the plan answer for a node of a graph: one of a service, those of each key of a module.
#[derive(Clone, Default)]
struct Targets {
    all: Vec<usize>,
    /// The interfaces and types of a module's services, each with the nodes that answer.
    by_key: Vec<(&'static str, Vec<usize>)>,
}

impl Targets {
    fn of(&self, edge: &Edge) -> Vec<usize> {
        let exported = self.by_key.iter().filter(|(key, _)| alike(key, edge.key));
        let nodes: Vec<usize> = exported.flat_map(|(_, nodes)| nodes.iter().copied()).collect();
        if nodes.is_empty() { self.all.clone() } else { nodes }
    }
}

/// A plan in the making.
#[derive(Default)]
struct PlanBuilder {
    nodes: Vec<PlanNode>,
    /// How each node is called, and what it may be called where two would be called the same.
    names: Vec<Name>,
    /// The fields of the modules around the node that comes next.
    path: Vec<&'static str>,
}

impl PlanBuilder {
    /// Adds a service.
    fn service<S: Service>(&mut self, place: &NodeContext<'_>, service: &Arc<S>) -> Targets {
        let mut node = PlanNode::new(place.name)
            .provides(place.node.interfaces.iter().copied())
            .after(place.needs.iter().flatten().copied());
        if let Some(Managed { hooks, start_budget, stop_budget }) = request(|request| S::provide(service, request)) {
            node.hooks = Some(hooks);
            node.start_budget = start_budget;
            node.stop_budget = stop_budget;
        }
        node.field = Some(join(&self.path.join("."), place.node.field));
        #[cfg(feature = "health")]
        {
            node.watched = request(|request| S::provide(service, request));
        }
        self.names.push(Name { plain: place.name, path: self.path.clone(), field: place.node.field });
        self.nodes.push(node);
        Targets { all: vec![self.nodes.len() - 1], by_key: Vec::new() }
    }

    /// Adds the services of a module; what it inherits is answered outside.
    fn module<C: Container>(&mut self, module: &C, place: &NodeContext<'_>) -> Targets {
        self.path.push(place.node.field);
        let answers = self.container(module, place.needs);
        self.path.pop();
        let mut found = Targets::default();
        for (node, answers) in C::GRAPH.nodes.iter().zip(answers) {
            if matches!(node.kind, Kind::Inherited) {
                continue;
            }
            let keys = node.interfaces.iter().copied().chain([node.service]);
            found.by_key.extend(keys.map(|key| (key, answers.all.clone())));
            found.by_key.extend(answers.by_key);
            found.all.extend(answers.all);
        }
        found
    }

    /// Adds the nodes of a container in build order, so that what answers a dependency is there before.
    fn container<C: Container>(&mut self, container: &C, inherited: &[Vec<usize>]) -> Vec<Targets> {
        let graph = C::GRAPH;
        let mut kept = KeptNodes { steps: Vec::new() };
        kept.steps.resize_with(graph.nodes.len(), || None);
        container.visit(&mut kept);
        let mut answers = vec![Targets::default(); graph.nodes.len()];
        for &index in graph.order {
            let node = &graph.nodes[index];
            let needs: Vec<Vec<usize>> = node.edges.iter().map(|edge| needed(edge, &answers)).collect();
            let place = NodeContext { name: name(&graph, index), node, needs: &needs };
            answers[index] = match &kept.steps[index] {
                Some(step) => step(self, &place),
                None if matches!(node.kind, Kind::Inherited) => {
                    let position = inherited_before(&graph, index);
                    let all = inherited.get(position).cloned().unwrap_or_default();
                    Targets { all, by_key: Vec::new() }
                }
                // Inputs, groups, transients and scopes have no hooks; who needs them waits for what they need.
                None => Targets { all: needs.into_iter().flatten().collect(), by_key: Vec::new() },
            };
        }
        answers
    }
}

/// How each node is added, once its turn has come: the container shows what it keeps in the order of its fields.
struct KeptNodes<'a> {
    steps: Vec<Option<Step<'a>>>,
}

type Step<'a> = Box<dyn Fn(&mut PlanBuilder, &NodeContext<'_>) -> Targets + 'a>;

impl<'a> Visitor<'a> for KeptNodes<'a> {
    fn service<S: Service>(&mut self, node: usize, service: &'a Arc<S>) {
        self.steps[node] = Some(Box::new(move |plan, place| plan.service(place, service)));
    }

    fn module<M: Container>(&mut self, node: usize, module: &'a M) {
        self.steps[node] = Some(Box::new(move |plan, place| plan.module(module, place)));
    }
}

/// The nodes of the plan that a dependency waits for.
fn needed(edge: &Edge, answers: &[Targets]) -> Vec<usize> {
    match edge.target {
        Target::Node(target) => answers.get(target).map(|answers| answers.of(edge)).unwrap_or_default(),
        Target::Deferred(_) | Target::Absent | Target::Missing => Vec::new(),
    }
}

/// How many nodes before this one are inherited: its place among the module's dependencies.
fn inherited_before(graph: &Graph, index: usize) -> usize {
    graph.nodes[..index].iter().filter(|node| matches!(node.kind, Kind::Inherited)).count()
}

/// The service's name; its field's where several fields hold the same service.
fn name(graph: &Graph, index: usize) -> &'static str {
    let node = &graph.nodes[index];
    let same = graph.nodes.iter().filter(|other| other.service == node.service).count();
    if same > 1 { node.field } else { node.service }
}

impl Plan {
    /// The plan of a container: every service that it holds, in the order of the graph, modules flattened. Those that
    /// say `lifecycle` have hooks, and those that say `health` have a check.
    ///
    /// A service is called by its type; by its field where a container holds several of a type; and with the module's
    /// field before it, `bybit.Feed`, where two modules hold services of one name.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use di_core::lifecycle::{Lifecycle, Plan};
    /// use di_core::{container, service};
    ///
    /// #[service(lifecycle)]
    /// struct Venue;
    /// impl Lifecycle for Venue {}
    ///
    /// #[service(lifecycle(start = "5s", stop = "500ms"))]
    /// struct Market {
    ///     venue: Arc<Venue>,
    /// }
    /// impl Lifecycle for Market {}
    ///
    /// #[container]
    /// struct App {
    ///     market: Market,
    ///     venue: Venue,
    /// }
    ///
    /// let app = App::build(AppInputs {});
    /// assert_eq!(Plan::of(&app).order().collect::<Vec<_>>(), ["Venue", "Market"]);
    /// ```
    pub fn of<C: Container>(container: &C) -> Self {
        let mut plan = PlanBuilder::default();
        plan.container(container, &[]);
        let names = settle(&plan.names);
        let named = plan.nodes.into_iter().zip(names).map(|(node, name)| PlanNode { name, ..node });
        // A container adds each of its nodes after what it needs: this is an order already.
        Self::in_order(Some(C::GRAPH.container), named.collect())
    }
}

impl Application {
    /// The application of a container: its services are started, supervised and stopped along its graph.
    ///
    /// ```
    /// use di_core::lifecycle::{Application, Context, Lifecycle};
    /// use di_core::error::BoxError;
    /// use di_core::{container, interface, service};
    ///
    /// #[service(lifecycle)]
    /// struct Feed;
    ///
    /// #[interface]
    /// impl Lifecycle for Feed {
    ///     async fn start(&self, context: &Context) -> Result<(), BoxError> {
    ///         context.spawn("heartbeat", async { std::future::pending().await });
    ///         Ok(())
    ///     }
    /// }
    ///
    /// #[container]
    /// struct App {
    ///     feed: Feed,
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let app = App::build(AppInputs {});
    /// let application = Application::of(&app);
    /// application.start().await?;
    /// application.stop().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn of<C: Container>(container: &C) -> Self {
        Self::new(Plan::of(container))
    }
}
