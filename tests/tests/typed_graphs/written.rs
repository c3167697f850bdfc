//! A model as a module of a program, which builds the container and compares it with the model.

use std::fmt::Write;

use crate::model::{Constructor, Edge, Model, Name, Registration, Service, To};

/// What all modules of the program name.
pub(crate) const PRELUDE: &str = r#"#![allow(warnings)]
use std::future::Future;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use di_core::Container;
use di_core::graph::Target;

pub type Seed = u16;

/// A service and its interface, as associated types.
pub trait Names: Send + Sync + 'static {
    type Interface: ?Sized + Send + Sync + 'static;
    type Service: Send + Sync + 'static;
}

#[macro_export]
macro_rules! arc {
    ($key:ty) => { std::sync::Arc<$key> };
}

#[macro_export]
macro_rules! option {
    ($key:ty) => { std::option::Option<std::sync::Arc<$key>> };
}

pub fn now<T>(future: impl Future<Output = T>) -> T {
    let mut future = std::pin::pin!(future);
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return value;
        }
    }
}

pub struct Checked {
    pub container: &'static str,
    pub count: usize,
    pub wrong: usize,
}

impl Checked {
    /// Compares what was given for a dependency, and what the graph says of it, with the field that answers.
    pub fn edge<C: Container>(&mut self, field: &str, member: &str, given: *const (), expected: *const (), answer: &str) {
        let graph = C::GRAPH;
        let node = graph.nodes.iter().find(|node| node.field == field).unwrap();
        let edge = node.edges.iter().find(|edge| edge.member == member).unwrap();
        let target = match edge.target {
            Target::Node(node) => graph.nodes[node].field,
            Target::Absent => "absent",
            other => panic!("{}: {other:?}", self.container),
        };
        self.count += 1;
        if given != expected || target != answer {
            self.wrong += 1;
            println!("{}: `{field}.{member}` is {} `{answer}`, and the graph says `{target}`",
                self.container, if given == expected { "the instance of" } else { "not the instance of" });
        }
    }
}
"#;

/// The module.
pub(crate) fn module(number: usize, model: &Model) -> String {
    let mut out = format!("\nmod c{number} {{\n    use std::sync::Arc;\n    use di_core::container;\n");
    out += "    pub mod group {\n        #[di_core::interface] pub trait IMember {}\n    }\n";
    out += "    pub mod nobody {\n        #[di_core::interface] pub trait INobody {}\n    }\n";
    for index in 0..model.services.len() {
        service(&mut out, model, index);
    }
    out += "    #[container]\n    #[absent(dyn nobody::INobody)]\n    pub struct App {\n";
    for &index in &model.fields {
        let own = &model.services[index];
        if own.is_member() {
            writeln!(out, "        #[many(dyn group::IMember, key = \"s{index}\")]").unwrap();
        }
        match own.registration {
            Registration::Interface => out += "        #[register(interface)]\n",
            Registration::Concrete => out += "        #[register(concrete)]\n",
            Registration::Dual | Registration::Member => {}
        }
        writeln!(out, "        s{index}: m{index}::{}{},", name(own, index), arguments(own, "")).unwrap();
    }
    out += "        #[input]\n        seed: u16,\n    }\n";
    check(&mut out, number, model);
    out += "}\n";
    out
}

/// The program.
pub(crate) fn program(models: &[Model]) -> String {
    let mut out = PRELUDE.to_owned();
    for (number, model) in models.iter().enumerate() {
        out += &module(number, model);
    }
    out += "\nfn main() {\n    let (mut count, mut wrong) = (0, 0);\n";
    for number in 0..models.len() {
        writeln!(out, "    let checked = c{number}::check(); count += checked.count; wrong += checked.wrong;").unwrap();
    }
    out += "    println!(\"{count} dependencies, {wrong} wrong\");\n    std::process::exit(i32::from(wrong > 0));\n}\n";
    out
}

fn name(service: &Service, index: usize) -> String {
    if service.shares_own_name { "Service".to_owned() } else { format!("Service{index}") }
}

fn interface(service: &Service, index: usize) -> String {
    if service.shares_interface_name { "IShared".to_owned() } else { format!("IOnly{index}") }
}

/// The argument of a generic service, from the module with all others, or from one of these (`super::`).
fn arguments(service: &Service, from: &str) -> String {
    match service.parameter() {
        Some(To::Interface(to) | To::Service(to)) => format!("<{from}m{to}::Names>"),
        _ => String::new(),
    }
}

fn service(out: &mut String, model: &Model, index: usize) {
    let own = &model.services[index];
    let (ty, interface) = (name(own, index), interface(own, index));
    let (generics, params) = if own.parameter().is_some() { ("<N: crate::Names>", "<N>") } else { ("", "") };
    let arguments = arguments(own, "super::");
    let renamed = format!("Provided{index}");
    let provided = if own.provides_renamed { &renamed } else { &interface };
    let provides = if own.is_member() { format!("[{provided}, super::group::IMember]") } else { provided.to_owned() };
    writeln!(out, "    pub mod m{index} {{\n        use std::sync::Arc;").unwrap();
    writeln!(out, "        #[di_core::interface] pub trait {interface} {{}}").unwrap();
    if own.provides_renamed {
        writeln!(out, "        use {interface} as {renamed};").unwrap();
    }
    for (number, edge) in own.edges.iter().enumerate().filter(|(_, edge)| edge.name == Name::Renamed) {
        let key = match edge.to {
            To::Interface(to) => format!("m{to}::{}", self::interface(&model.services[to], to)),
            To::Service(to) => format!("m{to}::{}", name(&model.services[to], to)),
            _ => continue,
        };
        writeln!(out, "        use super::{key} as Renamed{number};").unwrap();
    }
    let members: Vec<String> = own
        .edges
        .iter()
        .enumerate()
        .map(|(number, edge)| format!("d{number}: {}", dependency(model, number, edge)))
        .collect();
    if own.constructor == Constructor::Fields {
        let members: Vec<String> = members.iter().map(|member| format!("pub {member}")).collect();
        writeln!(out, "        #[di_core::service(provides = {provides})]").unwrap();
        writeln!(out, "        pub struct {ty}{generics} {{ {} }}", members.join(", ")).unwrap();
    } else {
        let fields: Vec<String> = members.iter().map(|member| format!("pub {member}")).collect();
        let names: Vec<String> = (0..members.len()).map(|number| format!("d{number}")).collect();
        let word = if own.constructor == Constructor::Async { "async " } else { "" };
        writeln!(out, "        pub struct {ty}{generics} {{ {} }}", fields.join(", ")).unwrap();
        writeln!(out, "        #[di_core::service(provides = {provides})]").unwrap();
        writeln!(out, "        impl{generics} {ty}{params} {{").unwrap();
        writeln!(out, "            #[constructor]").unwrap();
        writeln!(out, "            {word}fn new({}) -> Self {{ Self {{ {} }} }}", members.join(", "), names.join(", "))
            .unwrap();
        writeln!(out, "        }}").unwrap();
    }
    writeln!(out, "        impl{generics} {interface} for {ty}{params} {{}}").unwrap();
    if own.is_member() {
        writeln!(out, "        impl{generics} super::group::IMember for {ty}{params} {{}}").unwrap();
    }
    for (alias, of) in [
        ("Object", format!("dyn {interface}")),
        ("Whole", format!("Arc<dyn {interface}>")),
        ("Maybe", format!("Option<Arc<dyn {interface}>>")),
        ("Own", format!("{ty}{arguments}")),
        ("WholeOwn", format!("Arc<{ty}{arguments}>")),
        ("MaybeOwn", format!("Option<Arc<{ty}{arguments}>>")),
    ] {
        writeln!(out, "        pub type {alias} = {of};").unwrap();
    }
    writeln!(
        out,
        "        pub struct Names;\n        impl crate::Names for Names {{ type Interface = Object; type Service = Own; }}\n    }}"
    )
    .unwrap();
}

/// The type of a dependency, as its service writes it.
fn dependency(model: &Model, number: usize, edge: &Edge) -> String {
    let key = match edge.to {
        To::Group => return "di_core::dependency::Many<dyn super::group::IMember>".to_owned(),
        To::Nobody => "dyn super::nobody::INobody".to_owned(),
        To::Seed if edge.name == Name::Path => "u16".to_owned(),
        To::Seed => "crate::Seed".to_owned(),
        To::Interface(to) => match edge.name {
            Name::Path | Name::ByMacro => {
                format!("dyn super::m{to}::{}", interface(&model.services[to], to))
            }
            Name::Renamed => format!("dyn Renamed{number}"),
            Name::Alias => format!("super::m{to}::Object"),
            Name::Whole if edge.is_optional => return format!("super::m{to}::Maybe"),
            Name::Whole => return format!("super::m{to}::Whole"),
            Name::Projected => format!("<super::m{to}::Names as crate::Names>::Interface"),
            Name::OfParameter => "N::Interface".to_owned(),
        },
        To::Service(to) => {
            let own = &model.services[to];
            let arguments = arguments(own, "super::");
            match edge.name {
                Name::Path | Name::ByMacro => format!("super::m{to}::{}{arguments}", name(own, to)),
                Name::Renamed => format!("Renamed{number}{arguments}"),
                Name::Alias => format!("super::m{to}::Own"),
                Name::Whole if edge.is_optional => return format!("super::m{to}::MaybeOwn"),
                Name::Whole => return format!("super::m{to}::WholeOwn"),
                Name::Projected => format!("<super::m{to}::Names as crate::Names>::Service"),
                Name::OfParameter => "N::Service".to_owned(),
            }
        }
    };
    match (edge.name, edge.is_optional) {
        (Name::ByMacro, true) => format!("crate::option!({key})"),
        (Name::ByMacro, false) => format!("crate::arc!({key})"),
        (_, true) => format!("Option<Arc<{key}>>"),
        (_, false) => format!("Arc<{key}>"),
    }
}

/// The comparison with the model.
fn check(out: &mut String, number: usize, model: &Model) {
    out.push_str("    pub fn check() -> crate::Checked {\n");
    let build = "App::build(AppInputs { seed: 7 })";
    let build = if model.is_async() { format!("crate::now({build})") } else { build.to_owned() };
    writeln!(out, "        let app = {build};").unwrap();
    writeln!(out, "        let mut checked = crate::Checked {{ container: \"c{number}\", count: 0, wrong: 0 }};")
        .unwrap();
    for (index, service) in model.services.iter().enumerate() {
        for (number, edge) in service.edges.iter().enumerate() {
            let given = if edge.is_optional {
                format!("app.s{index}.d{number}.as_ref().map_or(std::ptr::null(), |given| Arc::as_ptr(given).cast())")
            } else {
                format!("Arc::as_ptr(&app.s{index}.d{number}).cast()")
            };
            let answer = match edge.to {
                To::Group => {
                    group(out, model, index, number);
                    continue;
                }
                To::Nobody => ("std::ptr::null()".to_owned(), "absent".to_owned()),
                To::Seed => ("Arc::as_ptr(&app.seed).cast()".to_owned(), "seed".to_owned()),
                To::Interface(to) | To::Service(to) => (format!("Arc::as_ptr(&app.s{to}).cast()"), format!("s{to}")),
            };
            writeln!(
                out,
                "        checked.edge::<App>(\"s{index}\", \"d{number}\", {given}, {}, {:?});",
                answer.0, answer.1
            )
            .unwrap();
        }
    }
    out.push_str("        checked\n    }\n");
}

/// The members of the group, by their keys.
fn group(out: &mut String, model: &Model, index: usize, number: usize) {
    let members: Vec<usize> = (0..model.services.len()).filter(|member| model.services[*member].is_member()).collect();
    writeln!(out, "        assert_eq!(app.s{index}.d{number}.len(), {});", members.len()).unwrap();
    for member in members {
        writeln!(
            out,
            "        let member = app.s{index}.d{number}.by_key(\"s{member}\").unwrap();\n        \
             assert!(std::ptr::addr_eq(Arc::as_ptr(member), Arc::as_ptr(&app.s{member})));"
        )
        .unwrap();
    }
}
