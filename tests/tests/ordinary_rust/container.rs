//! A module with a container: its interfaces, its services, and what builds it.

use crate::choice::Choice;
use crate::interface::{Interface, visibility};
use crate::service::{Found, INPUT, Key, Module, Service};
use crate::{kinds, listing, part};

const NAMES: [&str; 4] = ["App", "Desk", "r#const", "Platform"];

/// Names of fields. A variable of such a name may not be called like a unit struct, and those have other names.
const RAW: [&str; 12] = [
    "r#use", "r#dyn", "r#async", "r#await", "r#try", "r#where", "r#box", "r#do", "r#final", "r#macro", "r#become",
    "r#priv",
];

/// The module of this number, with so many services.
pub(crate) fn module(choice: &mut Choice, number: usize, count: usize) -> String {
    let interfaces: Vec<Interface> = (0..count).map(|index| Interface::new(choice, number, index)).collect();
    let mut services: Vec<Service> = Vec::new();
    let mut members = 0;
    let is_in_order = choice.one_in(3);
    for index in 0..count {
        let has_group = index >= count / 2 && members > 0;
        let module = Module { number, interfaces: &interfaces, services: &services, has_group, is_in_order };
        let mut next = kinds::service(choice, &module, index);
        members += usize::from(listing::mark(choice, &mut next, index, index < count / 2));
        services.push(next);
        if index == count / 3 && choice.one_in(2) {
            let module = Module { number, interfaces: &interfaces, services: &services, has_group, is_in_order };
            let part = part::module(choice, &module);
            services.push(part);
        }
    }
    let module = Module { number, interfaces: &interfaces, services: &services, has_group: false, is_in_order };
    let scope = choice.one_in(2).then(|| part::scope(choice, &module));
    let mut out = format!(
        "\nmod m{number} {{\n    use std::sync::Arc;\n    use di_core::{{Container as _, container, service}};\n"
    );
    out += choice.of(&["", "    use super::*;\n", "    use self::inner::Nothing;\n"]);
    out += "    mod inner { pub struct Nothing; }\n    struct Q;\n";
    out += "    #[di_core::interface]\n    trait IGroup {}\n    #[di_core::interface]\n    trait IAbsent {}\n";
    let keys: String = (0..=count).map(|key| format!(" pub const K{key}: &str = \"constant-{key}\";")).collect();
    out += &format!("    mod keys {{{keys} }}\n");
    for interface in &interfaces {
        out += &interface.declared;
    }
    for service in &services {
        out += &service.declared;
    }
    let mut fields: Vec<String> = services
        .iter()
        .enumerate()
        .map(|(index, service)| {
            let vis =
                ["", "", "pub ", "pub(crate) ", &format!("pub(in crate::m{number}) ")][choice.below(5)].to_owned();
            let field = field_of(choice, index);
            let more =
                choice.of(&["", "", "/// A field.\n        ", "#[entry] ", "#[cfg(all())] ", "#[allow(unused)] "]);
            format!("{more}{}{vis}{field}: {}", service.marks, service.listed)
        })
        .collect();
    fields.push(format!("#[input] {}r#type: {INPUT}", choice.of(&["", "pub "])));
    fields.extend(choice.one_in(4).then(|| "#[cfg(any())] missing: Missing".to_owned()));
    let mut nodes = services.len() + 1 + usize::from(members > 0);
    let mut used = String::new();
    if let Some((declared, more, what)) = scope {
        out += &declared;
        nodes += more.len();
        fields.extend(more);
        used += &what;
    }
    if is_in_order {
        let input = fields.remove(services.len());
        fields.insert(0, input);
    } else {
        choice.shuffle(&mut fields);
    }
    let vis = visibility(choice, number);
    let name = NAMES[choice.below(NAMES.len())];
    out += &format!(
        "    #[container]\n    #[absent(dyn IAbsent)]\n    {vis}struct {name} {{\n        {},\n    }}\n",
        fields.join(",\n        ")
    );
    if choice.one_in(4) {
        out += &overriding(choice, name, &services, &fields);
    }
    let plain = name.trim_start_matches("r#");
    let build = format!("{name}::build({plain}Inputs {{ r#type: 7 }})");
    let build = if services.iter().any(|service| service.is_async) { format!("crate::now({build})") } else { build };
    let build = if services.iter().any(|service| service.is_fallible) { format!("{build}.unwrap()") } else { build };
    used += &asked(choice, &module);
    if members > 0 {
        used += &format!("        assert_eq!(app.many::<dyn IGroup>().len(), {members});\n");
    }
    out += &format!(
        "    pub fn run() -> usize {{
        let app = {build};
        assert_eq!(*app.get::<{INPUT}>(), 7);
        assert_eq!({name}::GRAPH.nodes.len(), {nodes});
{used}        app.close().unwrap();
        {count}
    }}\n}}\n"
    );
    out
}

fn field_of(choice: &mut Choice, index: usize) -> String {
    if choice.one_in(4) {
        RAW.get(index).map_or_else(|| format!("s{index}"), |raw| (*raw).to_owned())
    } else {
        format!("s{index}")
    }
}

/// Another container with one of the services supplied by its caller.
fn overriding(choice: &mut Choice, name: &str, services: &[Service], fields: &[String]) -> String {
    let replaced = services.iter().find_map(|service| {
        let field = fields.iter().find(|field| field.ends_with(&format!(": {}", service.listed)))?;
        let (rest, _) = field.rsplit_once(": ")?;
        // What is supplied answers its own type alone.
        let is_plain = service.marks.is_empty() && matches!(service.keys.as_slice(), [Key::Own(_)]);
        is_plain.then(|| format!("{} = input {}", rest.rsplit(' ').next().unwrap_or(rest), service.listed))
    });
    let Some(replaced) = replaced else { return String::new() };
    let vis = choice.of(&["", "pub(crate) "]);
    format!("    #[container(from = {name}, replace({replaced}))]\n    {vis}struct Derived;\n")
}

/// Some of what is kept is asked for.
fn asked(choice: &mut Choice, module: &Module<'_>) -> String {
    let mut out = String::new();
    for service in module.services.iter() {
        let Some(key) = service.keys.first().filter(|_| choice.one_in(3)) else { continue };
        let key = key.written(choice, module);
        out += &match service.found {
            Found::Plainly => format!("        let _: &{} = app.get();\n", grouped(&key)),
            Found::Transient => format!("        let _: Arc<{key}> = app.shared();\n"),
            Found::Qualified => format!("        let _: &{} = app.qualified::<Q>().get();\n", grouped(&key)),
        };
    }
    out
}

/// `dyn A + B` behind a reference.
fn grouped(key: &str) -> String {
    if key.contains(" + ") { format!("({key})") } else { key.to_owned() }
}
