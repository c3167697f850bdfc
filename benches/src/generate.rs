//! Sources of a crate of N services, for us, by hand and for the peers.
//!
//! Service `i` has its interface `Ii` and two dependencies by interface: the service before it, and the one half-way
//! to the first. The benchmarks and the measurement of compile time use the same graph.

use std::fmt::Write as _;
use std::ops::Range;

/// For which container a source is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shape {
    /// Plain structs and one function that builds them.
    ByHand,
    /// Ten structs in a row, each with such a function; what [`Shape::OursInModules`] is compared with.
    ByHandInModules,
    /// `#[service]` and one `#[container]`.
    Ours,
    /// Ten containers, each a module of the last one.
    OursInModules,
    /// The crate `nject`; its services are made anew for each that asks, as it has no singletons that depend on others.
    Nject,
    /// The crate `shaku`.
    Shaku,
    /// The crate `dill`.
    Dill,
}

impl Shape {
    /// The name in tables and of files.
    pub fn name(self) -> &'static str {
        match self {
            Self::ByHand => "by_hand",
            Self::ByHandInModules => "by_hand_in_modules",
            Self::Ours => "ours",
            Self::OursInModules => "ours_in_modules",
            Self::Nject => "nject",
            Self::Shaku => "shaku",
            Self::Dill => "dill",
        }
    }
}

/// The services that number `service` depends on.
pub fn dependencies(service: usize) -> Vec<usize> {
    match service {
        0 => Vec::new(),
        1 => vec![0],
        2 => vec![1, 0],
        _ => vec![service - 1, service / 2],
    }
}

/// A graph as [`dependencies`] describes it, but for what a measurement changes.
#[derive(Debug, Clone, Copy)]
pub struct Graph {
    services: usize,
    added: Option<(usize, usize)>,
    left_out: Option<usize>,
}

impl Graph {
    /// A graph of this many services.
    pub fn of(services: usize) -> Self {
        Self { services, added: None, left_out: None }
    }

    /// The same, but `service` depends on `dependency`, too.
    #[must_use]
    pub fn with_dependency(self, service: usize, dependency: usize) -> Self {
        Self { added: Some((service, dependency)), ..self }
    }

    /// The same, but what builds the services leaves this one out: a fault if another one needs it.
    #[must_use]
    pub fn without(self, service: usize) -> Self {
        Self { left_out: Some(service), ..self }
    }

    fn dependencies(self, service: usize) -> Vec<usize> {
        let mut all = dependencies(service);
        all.extend(self.added.filter(|(of, _)| *of == service).map(|(_, dependency)| dependency));
        all
    }

    /// The services of a range that are built.
    fn built(self, services: Range<usize>) -> impl Iterator<Item = usize> {
        services.filter(move |service| self.left_out != Some(*service))
    }

    /// The services in ten ranges of the same length.
    fn modules(self) -> impl Iterator<Item = Range<usize>> {
        let size = self.services.div_ceil(MODULES);
        (0..MODULES).map(move |module| module * size..((module + 1) * size).min(self.services))
    }

    /// What the services of a module need from earlier ones.
    fn inherited(self, module: &Range<usize>) -> Vec<usize> {
        let all = module.clone().flat_map(|service| self.dependencies(service));
        let mut inherited: Vec<usize> = all.filter(|dependency| !module.contains(dependency)).collect();
        inherited.sort_unstable();
        inherited.dedup();
        inherited
    }
}

/// A source with this many services: each with its interface `Ii`, and `App` to build them.
pub fn source(shape: Shape, services: usize) -> String {
    let graph = Graph::of(services);
    let mut text = String::from(prelude(shape));
    for service in 0..services {
        text.push_str(&interface(shape, service));
        text.push_str(&implementation(shape, graph, service));
    }
    text.push_str(&app(shape, graph));
    text
}

/// The same as a crate whose services and whose [`APP`] have a file each: the names of the files and their texts.
pub fn files(shape: Shape, graph: Graph) -> Vec<(String, String)> {
    let mut files = Vec::new();
    let mut library = String::from("//! Services, a file each, and what builds them.\nmod app;\n");
    for service in 0..graph.services {
        let text =
            [imports(shape, graph, service), interface(shape, service), implementation(shape, graph, service)].concat();
        files.push((file(service), text));
        let _ = writeln!(library, "mod s{service};\npub use s{service}::{{I{service}, S{service}}};");
    }
    library.push_str("pub use app::App;\n");
    files.push((APP.to_owned(), app_imports(shape, graph) + &app(shape, graph)));
    files.push(("lib.rs".to_owned(), library));
    files
}

/// The file of a service among [`files`].
pub fn file(service: usize) -> String {
    format!("s{service}.rs")
}

/// The file among [`files`] of what builds the services.
pub const APP: &str = "app.rs";

/// How many modules there are in a shape with modules.
const MODULES: usize = 10;

/// What builds the services.
fn app(shape: Shape, graph: Graph) -> String {
    let all = 0..graph.services;
    match shape {
        Shape::ByHand => by_hand(graph),
        Shape::ByHandInModules => by_hand_in_modules(graph),
        Shape::Ours => container("App", "", graph.built(all), ""),
        Shape::OursInModules => modules(graph),
        Shape::Nject => "/// Every service.\n#[nject::provider]\npub struct App;\n".to_owned(),
        Shape::Shaku => shaku(graph.services),
        Shape::Dill => dill(graph.services),
    }
}

/// What the file of what builds the services names.
fn app_imports(shape: Shape, graph: Graph) -> String {
    let name_interfaces = matches!(shape, Shape::ByHand | Shape::ByHandInModules | Shape::OursInModules);
    let mut text = String::from(match shape {
        Shape::ByHand | Shape::ByHandInModules => "use std::sync::Arc;\n",
        Shape::Ours => "use di_core::container;\n",
        Shape::OursInModules => "use std::sync::Arc;\nuse di_core::container;\n",
        Shape::Shaku => "use shaku::module;\n",
        Shape::Nject | Shape::Dill => "",
    });
    let services = graph.built(0..graph.services);
    let names = joined(services, ", ", |s| if name_interfaces { format!("I{s}, S{s}") } else { format!("S{s}") });
    if shape != Shape::Nject {
        let _ = writeln!(text, "use crate::{{{names}}};");
    }
    text
}

/// A container of services whose constructors wait a millisecond each, for the start on paused time.
pub fn slow_start(services: usize) -> String {
    let mut text = String::new();
    for service in 0..services {
        let arguments = joined(tree(service), ", ", |d| format!("_: Arc<S{d}>"));
        let _ = write!(
            text,
            "/// Service {service}.\n#[derive(Debug)]\npub struct S{service};\n#[service]\nimpl S{service} {{\n\
             /// Waits.\n#[constructor]\npub async fn start({arguments}) -> Self {{\n\
             tokio::time::sleep(std::time::Duration::from_millis(1)).await;\nSelf\n}}\n}}\n"
        );
    }
    text.push_str(&container("App", "", 0..services, ""));
    text
}

/// A tree: service `i` waits for the one half-way to the first, so that a hundred have a critical path of seven.
fn tree(service: usize) -> Vec<usize> {
    if service == 0 { Vec::new() } else { vec![(service - 1) / 2] }
}

fn prelude(shape: Shape) -> &'static str {
    match shape {
        Shape::ByHand | Shape::ByHandInModules | Shape::Dill => "use std::sync::Arc;\n",
        Shape::Ours | Shape::OursInModules => "use std::sync::Arc;\nuse di_core::{container, interface, service};\n",
        Shape::Nject => "",
        Shape::Shaku => "use std::sync::Arc;\nuse shaku::{Component, Interface, module};\n",
    }
}

/// What the file of a service names.
fn imports(shape: Shape, graph: Graph, service: usize) -> String {
    let mut text = match shape {
        Shape::ByHand | Shape::ByHandInModules | Shape::Nject | Shape::Dill => String::new(),
        Shape::Ours | Shape::OursInModules => "use di_core::{interface, service};\n".to_owned(),
        Shape::Shaku => "use shaku::{Component, Interface};\n".to_owned(),
    };
    let dependencies = graph.dependencies(service);
    if shape != Shape::Nject && !dependencies.is_empty() {
        text.push_str("use std::sync::Arc;\n");
    }
    text.push_str(&joined(dependencies, "", |d| match shape {
        Shape::Nject => format!("use crate::{{I{d}, S{d}}};\n"),
        _ => format!("use crate::I{d};\n"),
    }));
    text
}

fn interface(shape: Shape, service: usize) -> String {
    let (attribute, supertraits) = match shape {
        Shape::Ours | Shape::OursInModules => ("#[interface]\n", ""),
        Shape::Shaku => ("", ": Interface"),
        Shape::ByHand | Shape::ByHandInModules | Shape::Nject | Shape::Dill => ("", ": Send + Sync"),
    };
    format!(
        "/// What service {service} does.\n{attribute}pub trait I{service}{supertraits} {{\n\
         /// A number that follows from the whole graph below.\nfn value(&self) -> u64;\n}}\n"
    )
}

fn implementation(shape: Shape, graph: Graph, service: usize) -> String {
    let attribute = match shape {
        Shape::ByHand | Shape::ByHandInModules => String::new(),
        Shape::Ours | Shape::OursInModules => format!("#[service(provides = I{service})]\n"),
        Shape::Nject => "#[nject::injectable]\n".to_owned(),
        Shape::Shaku => format!("#[derive(Component)]\n#[shaku(interface = I{service})]\n"),
        Shape::Dill => {
            format!("#[dill::component]\n#[dill::interface(dyn I{service})]\n#[dill::scope(dill::Singleton)]\n")
        }
    };
    let dependencies = graph.dependencies(service);
    let fields = joined(dependencies.iter().copied(), "\n", |d| match shape {
        Shape::Nject => format!("d{d}: S{d},"),
        Shape::Shaku => format!("#[shaku(inject)] d{d}: Arc<dyn I{d}>,"),
        Shape::ByHand | Shape::ByHandInModules => format!("pub(crate) d{d}: Arc<dyn I{d}>,"),
        _ => format!("d{d}: Arc<dyn I{d}>,"),
    });
    let close = ")".repeat(dependencies.len());
    let sum = joined(dependencies, "", |d| format!("self.d{d}.value().wrapping_add("));
    format!(
        "/// Service {service}.\n{attribute}pub struct S{service} {{\n{fields}\n}}\nimpl I{service} for S{service} {{\n\
         fn value(&self) -> u64 {{ {sum}1{close} }}\n}}\n"
    )
}

fn by_hand(graph: Graph) -> String {
    let all = 0..graph.services;
    let fields = joined(graph.built(all.clone()), "", |s| format!("/// Service {s}.\npub s{s}: Arc<S{s}>,\n"));
    let own = |d| format!("d{d}: Arc::clone(&s{d}) as Arc<dyn I{d}>");
    let services = joined(graph.built(all.clone()), "", |s| {
        format!("let s{s} = Arc::new(S{s} {{ {} }});\n", joined(graph.dependencies(s), ", ", own))
    });
    let names = joined(graph.built(all), ", ", |s| format!("s{s}"));
    by_hand_struct("App", &fields, "", &services, &names)
}

/// A struct with a function that builds it.
fn by_hand_struct(name: &str, fields: &str, parameters: &str, statements: &str, names: &str) -> String {
    format!(
        "/// What was built.\npub struct {name} {{\n{fields}}}\nimpl {name} {{\n/// Builds each after what it needs.\n\
         pub fn build({parameters}) -> Self {{\n{statements}Self {{ {names} }}\n}}\n}}\n"
    )
}

/// What one writes who has the same modules and no container: each takes what its services need from earlier ones.
fn by_hand_in_modules(graph: Graph) -> String {
    let mut text = String::new();
    let (mut fields, mut statements) = (String::new(), String::new());
    let module_of = |service| graph.modules().position(|own| own.contains(&service)).unwrap_or_default();
    for (module, own) in graph.modules().enumerate() {
        let inherited = graph.inherited(&own);
        let parameters = joined(inherited.iter().copied(), ", ", |d| format!("d{d}: Arc<dyn I{d}>"));
        let dependency = |d| {
            let service = format!("d{d}: Arc::clone(&s{d}) as Arc<dyn I{d}>");
            if own.contains(&d) { service } else { format!("d{d}: Arc::clone(&d{d})") }
        };
        let services = joined(graph.built(own.clone()), "", |s| {
            format!("let s{s} = Arc::new(S{s} {{ {} }});\n", joined(graph.dependencies(s), ", ", dependency))
        });
        let own_fields = joined(graph.built(own.clone()), "", |s| format!("/// Service {s}.\npub s{s}: Arc<S{s}>,\n"));
        let names = joined(graph.built(own.clone()), ", ", |s| format!("s{s}"));
        let name = format!("Module{module}");
        text.push_str(&by_hand_struct(&name, &own_fields, &parameters, &services, &names));
        let arguments = joined(inherited, ", ", |d| format!("Arc::clone(&m{}.s{d}) as Arc<dyn I{d}>", module_of(d)));
        let _ = writeln!(fields, "/// A module.\npub m{module}: {name},");
        let _ = writeln!(statements, "let m{module} = {name}::build({arguments});");
    }
    let names = joined(0..MODULES, ", ", |m| format!("m{m}"));
    text.push_str(&by_hand_struct("App", &fields, "", &statements, &names));
    text
}

fn container(name: &str, keys: &str, services: impl Iterator<Item = usize>, more: &str) -> String {
    let fields = joined(services, "", |s| format!("s{s}: S{s},\n"));
    format!("/// Every service.\n#[container{keys}]\npub struct {name} {{\n{more}{fields}}}\n")
}

/// Modules in a row: each inherits what its services need from earlier ones, and exports all of its own.
fn modules(graph: Graph) -> String {
    let mut text = String::new();
    for (module, own) in graph.modules().enumerate() {
        let inherited = joined(graph.inherited(&own), "", |d| format!("#[inherit] d{d}: Arc<dyn I{d}>,\n"));
        let exports = joined(graph.built(own.clone()), ", ", |s| format!("I{s}"));
        let (name, keys) = (format!("Module{module}"), format!("(provides = [{exports}])"));
        text.push_str(&container(&name, &keys, graph.built(own), &inherited));
    }
    let fields = joined(0..MODULES, "", |m| format!("#[module] m{m}: Module{m},\n"));
    text.push_str(&container("App", "", 0..0, &fields));
    text
}

fn shaku(services: usize) -> String {
    let components = joined(0..services, ", ", |s| format!("S{s}"));
    format!("module! {{ pub App {{ components = [{components}], providers = [] }} }}\n")
}

fn dill(services: usize) -> String {
    let added = joined(0..services, "\n", |s| format!(".add::<S{s}>()"));
    format!(
        "/// Builds the catalog.\npub fn build() -> dill::Catalog {{\ndill::CatalogBuilder::new(){added}.build()\n}}\n"
    )
}

fn joined(services: impl IntoIterator<Item = usize>, separator: &str, each: impl Fn(usize) -> String) -> String {
    services.into_iter().map(each).collect::<Vec<_>>().join(separator)
}
