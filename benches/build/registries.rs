//! The chain of services for containers that fill a registry at run time.

use crate::generate::dependencies;

/// How one of these crates spells what all of them have.
pub(crate) struct Registry {
    /// Of the file.
    pub(crate) name: &'static str,
    /// What is imported.
    prelude: &'static str,
    /// What every interface extends.
    supertrait: &'static str,
    /// The type of a dependency on interface `{d}`.
    field: &'static str,
    /// What stands before service `{s}`.
    attribute: &'static str,
    /// One line that registers service `{s}`, made by `{new}` from `{parameters}` of the types `{types}`.
    register: &'static str,
    /// A parameter for service `{d}`.
    parameter: &'static str,
    /// The type of that parameter.
    kind: &'static str,
    /// The value of a field, from the parameter or the container.
    value: &'static str,
    /// The function that builds everything, with `{all}` in its place.
    build: &'static str,
}

/// All of them.
pub(crate) const ALL: [Registry; 5] = [
    Registry {
        name: "more_di",
        prelude: "use std::sync::Arc;\nuse di::{Injectable, ServiceCollection, ServiceProvider, injectable};\n",
        supertrait: "Send + Sync",
        field: "Arc<dyn I{d}>",
        attribute: "#[injectable(I{s})]\n",
        register: ".add(S{s}::singleton())\n",
        parameter: "",
        kind: "",
        value: "",
        build: "pub fn build() -> ServiceProvider {\n\
                ServiceCollection::new(){all}.build_provider().expect(\"all are registered\")\n}\n",
    },
    Registry {
        name: "rudi",
        prelude: "use std::sync::Arc;\nuse rudi::{Context, DynProvider, Module, modules, providers, singleton};\n",
        supertrait: "Send + Sync",
        field: "Arc<dyn I{d}>",
        attribute: "",
        register: "singleton(|_context| Arc::new({new}) as Arc<dyn I{s}>),\n",
        parameter: "",
        kind: "",
        value: "_context.resolve()",
        build: "struct Services;\nimpl Module for Services {\nfn providers() -> Vec<DynProvider> {\n\
                providers![{all}]\n}\n}\n\
                pub fn build() -> Context {\nContext::create(modules![Services])\n}\n",
    },
    Registry {
        name: "ferrunix",
        prelude: "use ferrunix::{Ref, Registry, Singleton};\n",
        supertrait: "Send + Sync",
        field: "Ref<Box<dyn I{d}>>",
        attribute: "",
        register: "registry.with_deps::<Box<dyn I{s}>, ({types})>()\
                   .register_singleton(|({parameters})| Box::new({new}) as Box<dyn I{s}>);\n",
        parameter: "p{d}",
        kind: "Singleton<Box<dyn I{d}>>",
        value: "p{d}.get()",
        build: "pub fn build() -> Registry {\nlet registry = Registry::empty();\n{all}registry\n}\n",
    },
    Registry {
        name: "froodi",
        prelude: "use std::sync::Arc;\nuse froodi::{Container, DefaultScope::App, Inject, boxed, registry};\n",
        supertrait: "Send + Sync",
        field: "Arc<Box<dyn I{d}>>",
        attribute: "",
        register: "provide(|{parameters}| Ok(boxed!({new}; I{s}))),\n",
        parameter: "Inject(p{d}): Inject<Box<dyn I{d}>>",
        kind: "",
        value: "p{d}",
        build: "pub fn build() -> Container {\nContainer::new(registry! {\nscope(App) [\n{all}],\n})\n}\n",
    },
    Registry {
        name: "coi",
        prelude: "use std::sync::Arc;\nuse coi::{Container, Inject, Provide, container};\n",
        supertrait: "Inject",
        field: "Arc<dyn I{d}>",
        attribute: "impl Inject for S{s} {}\nstruct P{s};\nimpl Provide for P{s} {\ntype Output = dyn I{s};\n\
                    fn provide(&self, _container: &Container) -> coi::Result<Arc<Self::Output>> {\n\
                    Ok(Arc::new({new}))\n}\n}\n",
        register: "s{s} => P{s}; singleton,\n",
        parameter: "",
        kind: "",
        value: "_container.resolve(\"s{d}\")?",
        build: "pub fn build() -> Container {\ncontainer! {\n{all}}\n}\n",
    },
];

/// A source with this many services, each with its interface, and `build`.
pub(crate) fn source(registry: &Registry, services: usize) -> String {
    let mut text = String::from(registry.prelude);
    for service in 0..services {
        text.push_str(&definition(registry, service));
    }
    let all: String = (0..services).map(|service| filled(registry, registry.register, service)).collect();
    text + &registry.build.replace("{all}", &all)
}

fn definition(registry: &Registry, service: usize) -> String {
    let fields = each(service, "", &format!("d{{d}}: {},\n", registry.field));
    let sum = each(service, "", "self.d{d}.value().wrapping_add(");
    let close = ")".repeat(dependencies(service).len());
    let attribute = filled(registry, registry.attribute, service);
    let supertrait = registry.supertrait;
    format!(
        "pub trait I{service}: {supertrait} {{\nfn value(&self) -> u64;\n}}\n{attribute}pub struct S{service} {{\n\
         {fields}}}\nimpl I{service} for S{service} {{\nfn value(&self) -> u64 {{ {sum}1{close} }}\n}}\n"
    )
}

/// The template with everything that it may name.
fn filled(registry: &Registry, template: &str, service: usize) -> String {
    let fields = each(service, ", ", &format!("d{{d}}: {}", registry.value));
    template
        .replace("{new}", &["S{s} { ", &fields, " }"].concat())
        .replace("{parameters}", &tuple(service, registry.parameter))
        .replace("{types}", &tuple(service, registry.kind))
        .replace("{s}", &service.to_string())
}

/// With a comma at the end, as a tuple of one needs it.
fn tuple(service: usize, template: &str) -> String {
    each(service, "", &format!("{template}, "))
}

/// The template once for each dependency.
fn each(service: usize, separator: &str, template: &str) -> String {
    let all = dependencies(service).into_iter().map(|dependency| template.replace("{d}", &dependency.to_string()));
    all.collect::<Vec<_>>().join(separator)
}
