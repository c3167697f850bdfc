//! What a crate of N services looks like, for us, by hand and for the peers.
//!
//! Service `i` has its interface `Ii` and two dependencies by interface: the service before it, and the one half-way
//! to the first. The benchmarks and the measurement of compile time use the same graph.

use std::fmt::Write as _;

/// For which container a source is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shape {
    /// Plain structs and one function that builds them.
    ByHand,
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

/// A source with this many services: each with its interface `Ii`, and `App` to build them.
pub fn source(shape: Shape, services: usize) -> String {
    let mut text = String::from(prelude(shape));
    for service in 0..services {
        text.push_str(&interface(shape, service));
        text.push_str(&implementation(shape, service));
    }
    text.push_str(&app(shape, services));
    text
}

/// The same as a crate whose services have a file each: the names of the files and their texts, `lib.rs` the last.
pub fn files(shape: Shape, services: usize) -> Vec<(String, String)> {
    let mut files = Vec::new();
    let mut library = String::from("//! Services, a file each.\n");
    for service in 0..services {
        let text = [imports(shape, service), interface(shape, service), implementation(shape, service)].concat();
        files.push((file(service), text));
        let _ = writeln!(library, "mod s{service};\npub use s{service}::{{I{service}, S{service}}};");
    }
    library.push_str(match shape {
        Shape::ByHand => "use std::sync::Arc;\n",
        Shape::Ours => "use di_core::container;\n",
        Shape::OursInModules => "use std::sync::Arc;\nuse di_core::container;\n",
        Shape::Shaku => "use shaku::module;\n",
        Shape::Nject | Shape::Dill => "",
    });
    library.push_str(&app(shape, services));
    files.push(("lib.rs".to_owned(), library));
    files
}

/// The file of a service among [`files`].
pub fn file(service: usize) -> String {
    format!("s{service}.rs")
}

/// What builds the services.
fn app(shape: Shape, services: usize) -> String {
    match shape {
        Shape::ByHand => by_hand(services),
        Shape::Ours => container("App", "", 0..services, ""),
        Shape::OursInModules => modules(services, 10),
        Shape::Nject => "#[nject::provider]\npub struct App;\n".to_owned(),
        Shape::Shaku => shaku(services),
        Shape::Dill => dill(services),
    }
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
        Shape::ByHand | Shape::Dill => "use std::sync::Arc;\n",
        Shape::Ours | Shape::OursInModules => "use std::sync::Arc;\nuse di_core::{container, interface, service};\n",
        Shape::Nject => "",
        Shape::Shaku => "use std::sync::Arc;\nuse shaku::{Component, Interface, module};\n",
    }
}

/// What the file of a service names.
fn imports(shape: Shape, service: usize) -> String {
    let mut text = match shape {
        Shape::ByHand | Shape::Nject | Shape::Dill => String::new(),
        Shape::Ours | Shape::OursInModules => "use di_core::{interface, service};\n".to_owned(),
        Shape::Shaku => "use shaku::{Component, Interface};\n".to_owned(),
    };
    let dependencies = dependencies(service);
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
        Shape::ByHand | Shape::Nject | Shape::Dill => ("", ": Send + Sync"),
    };
    format!(
        "/// What service {service} does.\n{attribute}pub trait I{service}{supertraits} {{\n\
         /// A number that follows from the whole graph below.\nfn value(&self) -> u64;\n}}\n"
    )
}

fn implementation(shape: Shape, service: usize) -> String {
    let attribute = match shape {
        Shape::ByHand => String::new(),
        Shape::Ours | Shape::OursInModules => format!("#[service(provides = I{service})]\n"),
        Shape::Nject => "#[nject::injectable]\n".to_owned(),
        Shape::Shaku => format!("#[derive(Component)]\n#[shaku(interface = I{service})]\n"),
        Shape::Dill => {
            format!("#[dill::component]\n#[dill::interface(dyn I{service})]\n#[dill::scope(dill::Singleton)]\n")
        }
    };
    let fields = joined(dependencies(service), "\n", |d| match shape {
        Shape::Nject => format!("d{d}: S{d},"),
        Shape::Shaku => format!("#[shaku(inject)] d{d}: Arc<dyn I{d}>,"),
        Shape::ByHand => format!("pub(crate) d{d}: Arc<dyn I{d}>,"),
        _ => format!("d{d}: Arc<dyn I{d}>,"),
    });
    let sum = joined(dependencies(service), "", |d| format!("self.d{d}.value().wrapping_add("));
    let close = ")".repeat(dependencies(service).len());
    format!(
        "/// Service {service}.\n{attribute}pub struct S{service} {{\n{fields}\n}}\nimpl I{service} for S{service} {{\n\
         fn value(&self) -> u64 {{ {sum}1{close} }}\n}}\n"
    )
}

fn by_hand(services: usize) -> String {
    let mut text = String::from("/// One `Arc` per service.\npub struct App {\n");
    for service in 0..services {
        let _ = writeln!(text, "/// Service {service}.\npub s{service}: Arc<S{service}>,");
    }
    text.push_str("}\nimpl App {\n/// Builds every service after what it needs.\npub fn build() -> Self {\n");
    for service in 0..services {
        let fields = joined(dependencies(service), ", ", |d| format!("d{d}: Arc::clone(&s{d}) as Arc<dyn I{d}>"));
        let _ = writeln!(text, "let s{service} = Arc::new(S{service} {{ {fields} }});");
    }
    let _ = writeln!(text, "Self {{ {} }}\n}}\n}}", joined(0..services, ", ", |s| format!("s{s}")));
    text
}

fn container(name: &str, keys: &str, services: std::ops::Range<usize>, more: &str) -> String {
    let fields = joined(services, "", |s| format!("s{s}: S{s},\n"));
    format!("/// Every service.\n#[container{keys}]\npub struct {name} {{\n{more}{fields}}}\n")
}

/// Modules in a row: each inherits what its services need from earlier ones, and exports all of its own.
fn modules(services: usize, count: usize) -> String {
    let size = services.div_ceil(count);
    let mut text = String::new();
    for module in 0..count {
        let own = module * size..((module + 1) * size).min(services);
        let mut foreign: Vec<usize> = own.clone().flat_map(dependencies).filter(|d| !own.contains(d)).collect();
        foreign.sort_unstable();
        foreign.dedup();
        let inherited = joined(foreign, "", |d| format!("#[inherit] d{d}: Arc<dyn I{d}>,\n"));
        let exports = joined(own.clone(), ", ", |s| format!("I{s}"));
        text.push_str(&container(&format!("Module{module}"), &format!("(provides = [{exports}])"), own, &inherited));
    }
    let fields = joined(0..count, "", |m| format!("#[module] m{m}: Module{m},\n"));
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
