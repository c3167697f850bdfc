//! A module with a container: its interfaces, its services, and what builds it.

use crate::choice::Choice;
use crate::interface::{Interface, visibility};
use crate::service::{INPUT, Module, Service, service};

const NAMES: [&str; 4] = ["App", "Desk", "r#const", "Platform"];

/// The module of this number, with so many services.
pub(crate) fn module(choice: &mut Choice, number: usize, count: usize) -> String {
    let interfaces: Vec<Interface> = (0..count).map(|index| Interface::new(choice, number, index)).collect();
    let mut services: Vec<Service> = Vec::new();
    for index in 0..count {
        let module = Module { number, interfaces: &interfaces, services: &services };
        let next = service(choice, &module, index);
        services.push(next);
    }
    let mut out = format!(
        "\nmod m{number} {{\n    use std::sync::Arc;\n    use di_core::{{Container as _, container, service}};\n"
    );
    out += choice.of(&["", "    use super::*;\n", "    use self::inner::Nothing;\n"]);
    out += "    mod inner { pub struct Nothing; }\n";
    for interface in &interfaces {
        out += &interface.declared;
    }
    for service in &services {
        out += &service.declared;
    }
    let name = NAMES[choice.below(NAMES.len())];
    let mut fields: Vec<String> = services
        .iter()
        .enumerate()
        .map(|(index, service)| {
            let vis = choice.of(&["", "", "pub ", "pub(crate) "]);
            let field =
                if choice.one_in(5) { format!("r#fn{index}").replace("r#fn", "r#") } else { format!("s{index}") };
            let field = if field.starts_with("r#") { format!("f{index}") } else { field };
            let more = choice.of(&["", "", "/// A field.\n        ", "#[entry] ", "#[cfg(all())] "]);
            format!("{more}{}{vis}{field}: {}", service.marks, service.listed)
        })
        .collect();
    fields.push(format!("#[input] {}r#type: {INPUT}", choice.of(&["", "pub "])));
    choice.shuffle(&mut fields);
    let vis = visibility(choice, number);
    out += &format!("    #[container]\n    {vis}struct {name} {{\n        {},\n    }}\n", fields.join(",\n        "));
    let plain = name.trim_start_matches("r#");
    let build = format!("{name}::build({plain}Inputs {{ r#type: 7 }})");
    let build = if services.iter().any(|service| service.is_async) { format!("crate::now({build})") } else { build };
    let build = if services.iter().any(|service| service.is_fallible) { format!("{build}.unwrap()") } else { build };
    out += &format!(
        "    pub fn run() -> usize {{\n        let app = {build};\n        assert_eq!(*app.get::<{INPUT}>(), 7);\n        {name}::GRAPH.nodes.len() - 1\n    }}\n}}\n"
    );
    out
}
