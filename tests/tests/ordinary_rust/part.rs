//! Containers within the container of a module: one that is a part of it, and one that is built many times from it.

use crate::choice::Choice;
use crate::interface::visibility;
use crate::service::{Found, INPUT, Key, Module, Service, dependency_anywhere};

/// A module of its own with a container in it, which exports an interface and perhaps a concrete type.
pub(crate) fn module(choice: &mut Choice, module: &Module<'_>) -> Service {
    let (is_async, is_fallible) = (choice.one_in(4), choice.one_in(4));
    let build = match (is_async, is_fallible) {
        (false, false) => choice.of(&["", ", build = infallible"]),
        (true, false) => ", build = async",
        (false, true) => ", build = fallible",
        (true, true) => ", build = async_fallible",
    };
    let exports_both = choice.one_in(2);
    let provides = if exports_both { "[IPart, Inner]" } else { choice.of(&["IPart", "[IPart]", "[self::IPart]"]) };
    let need = dependency_anywhere(choice, module);
    let inherited = match choice.below(4) {
        0 => format!("Option<std::sync::Arc<{need}>>"),
        _ => format!("Arc<{need}>"),
    };
    let of_inner = inherited.replace("std::sync::", "");
    let returned = if is_fallible { "Result<Self, std::fmt::Error>" } else { "Self" };
    let value = if is_fallible { "Ok(Self)" } else { "Self" };
    let vis = ["pub", "pub(super)", "pub(crate)"][choice.below(3)];
    let imported = choice.of(&["", "use part::Part;", "use self::part::Part as Renamed;"]);
    let listed = match imported {
        "" => "part::Part",
        "use part::Part;" => "Part",
        _ => "Renamed",
    };
    let declared = format!(
        "    mod part {{
        use super::*;
        use std::sync::Arc;
        use di_core::{{container, interface, service}};
        #[interface]
        pub trait IPart {{ fn part(&self) -> usize; }}
        #[service(provides = IPart)]
        pub struct Inner {{ r#in: {of_inner}, hidden: Arc<Hidden> }}
        impl IPart for Inner {{ fn part(&self) -> usize {{ 1 }} }}
        struct Hidden;
        #[service]
        impl Hidden {{
            #[constructor]
            {}fn new(_: Arc<{INPUT}>) -> {returned} {{ {value} }}
        }}
        #[container(provides = {provides}{build})]
        {vis} struct Part {{
            hidden: Hidden,
            #[inherit] r#where: {inherited},
            r#box: Inner,
            #[inherit] number: Arc<{INPUT}>,
        }}
    }}
    {imported}
",
        if is_async { "async " } else { "" },
    );
    // An input is inherited once.
    let twice = format!("            #[inherit] r#where: {inherited},\n");
    let declared = if need == INPUT {
        declared.replace(&twice, "").replace(&of_inner, &format!("Arc<{INPUT}>"))
    } else {
        declared
    };
    let mut keys = vec![Key::Foreign("dyn part::IPart".to_owned())];
    keys.extend(exports_both.then(|| Key::Foreign("part::Inner".to_owned())));
    Service {
        declared,
        listed: listed.to_owned(),
        marks: choice.of(&["#[module] ", "#[cfg_attr(all(), module)] "]).to_owned(),
        keys,
        found: Found::Plainly,
        is_async,
        is_fallible,
    }
}

/// A scope, and what opens it: the declarations, the fields, and what `run` does with it.
pub(crate) fn scope(choice: &mut Choice, module: &Module<'_>) -> (String, Vec<String>, String) {
    let need = dependency_anywhere(choice, module);
    let vis = visibility(choice, module.number);
    let name = choice.of(&["Visit", "r#struct_", "r#final"]);
    let plain = name.trim_start_matches("r#");
    let declared = format!(
        "    #[service]
    struct Visitor {{ r#type: Arc<u8>, r#dyn: Arc<{need}> }}
    #[container]
    {vis}struct {name} {{
        r#loop: Visitor,
        #[inherit] inherited: Arc<{need}>,
        #[input] r#type: {},
    }}
    #[service]
    struct Opener {{ scopes: di_core::dependency::Factory<{name}, ({plain}Inputs,)> }}
",
        choice.of(&["u8", "Arc<u8>"]),
    );
    let input = if declared.contains("r#type: u8,") { "9" } else { "Arc::new(9)" };
    let (method, field) = match choice.below(2) {
        0 => ("r#loop", "#[scope] r#loop"),
        _ => ("visit", "#[cfg_attr(all(), scope)] visit"),
    };
    let used = format!(
        "        let visit = app.{method}({plain}Inputs {{ r#type: {input} }});
        assert_eq!(*visit.get::<Visitor>().r#type, 9);
        let visit = app.get::<Opener>().scopes.make(({plain}Inputs {{ r#type: {input} }},));
        assert_eq!(*visit.get::<u8>(), 9);
"
    );
    (declared, vec![format!("{field}: {name}"), "opener: Opener".to_owned()], used)
}
