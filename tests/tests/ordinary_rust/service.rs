//! A service: how it is declared, how a container lists it, and under which names it is asked for.

use crate::choice::Choice;
use crate::interface::{Interface, path, visibility};

pub(crate) struct Service {
    /// The item, with what belongs to it.
    pub(crate) declared: String,
    /// Its field in the container, without the name.
    pub(crate) listed: String,
    /// The attributes of the field.
    pub(crate) marks: String,
    /// The keys under which it is found, with the module's path where one may stand.
    keys: Vec<Key>,
    pub(crate) is_async: bool,
    pub(crate) is_fallible: bool,
}

enum Key {
    /// A type of the module's own.
    Own(String),
    /// A type from elsewhere.
    Foreign(String),
    Interface(usize),
}

/// What a container has beside its services.
pub(crate) const INPUT: &str = "u64";

/// What the services of a module are made of.
pub(crate) struct Module<'a> {
    pub(crate) number: usize,
    pub(crate) interfaces: &'a [Interface],
    pub(crate) services: &'a [Service],
}

const KEYWORDS: [&str; 12] =
    ["r#struct", "r#enum", "r#fn", "r#impl", "r#mod", "r#pub", "r#ref", "r#static", "r#let", "r#in", "r#if", "r#as"];

/// The service with this number; it may need all that are there.
pub(crate) fn service(choice: &mut Choice, module: &Module<'_>, number: usize) -> Service {
    let name = if choice.one_in(6) { KEYWORDS[number % KEYWORDS.len()].to_owned() } else { format!("S{number}") };
    match choice.below(7) {
        0 => function(choice, module, number),
        1 | 2 => by_constructor(choice, module, number, &name),
        3 => by_macro(choice, module, number, &name),
        _ => of_fields(choice, module, number, &name),
    }
}

/// The type of a dependency on something that is there.
fn dependency(choice: &mut Choice, module: &Module<'_>) -> String {
    let arc = choice.of(&["Arc", "Arc", "std::sync::Arc", "::std::sync::Arc"]);
    let count = module.services.len();
    if count == 0 || choice.one_in(8) {
        return format!("{arc}<{INPUT}>");
    }
    let service = &module.services[choice.below(count)];
    let key = match &service.keys[choice.below(service.keys.len())] {
        Key::Own(name) => format!("{}{name}", path(choice, module.number)),
        Key::Foreign(name) => name.clone(),
        Key::Interface(number) => module.interfaces[*number].asked(choice, module.number),
    };
    match choice.below(6) {
        0 => format!("di_core::dependency::Lazy<{key}>"),
        1 => format!("Option<{arc}<{key}>>"),
        _ => format!("{arc}<{key}>"),
    }
}

fn dependencies(choice: &mut Choice, module: &Module<'_>) -> Vec<String> {
    (0..choice.below(4)).map(|_| dependency(choice, module)).collect()
}

const FIELDS: [&str; 6] = ["r#type", "clock", "r#match", "_unused", "value", "r#mut"];

/// Parameters, with what stands for them in a container.
struct Generics {
    declared: &'static str,
    used: &'static str,
    given: &'static str,
    /// A field that uses them all.
    field: &'static str,
    bounds: &'static str,
}

fn generics(choice: &mut Choice) -> Generics {
    let (declared, used, given, field, bounds) = match choice.below(10) {
        0 => ("<T: crate::Source>", "<T>", "<crate::Unit>", "source: Arc<T::Item>", ""),
        1 => ("<T: crate::Source>", "<T>", "<super::Unit>", "source: Arc<<T as crate::Source>::Item>", ""),
        2 => (
            "<T>",
            "<T>",
            "<u8>",
            "#[inject(default)] marker: std::marker::PhantomData<fn() -> T>",
            " where T: Send + 'static",
        ),
        3 => ("<const N: usize>", "<N>", "<3>", "#[inject(default)] size: [(); N]", " where [(); N]: Default"),
        4 => (
            "<T: ?Sized + Send + 'static>",
            "<T>",
            "<str>",
            "#[inject(default)] marker: std::marker::PhantomData<fn(&T)>",
            "",
        ),
        _ => ("", "", "", "", ""),
    };
    Generics { declared, used, given, field, bounds }
}

/// Attributes of an item, ours among them.
fn attributes(choice: &mut Choice, provides: Option<&str>, more: &str) -> String {
    let mut keys: Vec<String> = Vec::new();
    if let Some(provides) = provides {
        keys.push(if choice.one_in(2) { format!("provides = {provides}") } else { format!("provides = [{provides}]") });
    }
    if !more.is_empty() {
        keys.push(more.to_owned());
    }
    let own = if keys.is_empty() {
        choice.of(&["#[service]", "#[di_core::service]", "#[service()]"]).to_owned()
    } else {
        format!("#[service({})]", keys.join(", "))
    };
    let other = choice.of(&[
        "",
        "/// Some service.\n    ",
        "#[allow(dead_code)]\n    ",
        "#[must_use]\n    ",
        "#[cfg(not(any()))]\n    ",
    ]);
    // Attributes of others may stand above and below.
    if choice.one_in(2) { format!("    {other}{own}\n    ") } else { format!("    {own}\n    {other}") }
}

/// The interface of this number, if the service is to provide it.
fn interface<'a>(choice: &mut Choice, module: &Module<'a>, number: usize) -> Option<(&'a Interface, String)> {
    let interface = module.interfaces.get(number)?;
    Some((interface, interface.provided(choice, module.number)))
}

fn of_fields(choice: &mut Choice, module: &Module<'_>, number: usize, name: &str) -> Service {
    let Generics { declared, used, given, field, bounds } = generics(choice);
    let provided = interface(choice, module, number);
    let more = if choice.one_in(8) { "post_construct = Self::warm_up" } else { "" };
    let mut out = attributes(choice, provided.as_ref().map(|(_, name)| name.as_str()), more);
    let vis = visibility(choice, module.number);
    let needs = dependencies(choice, module);
    let is_tuple = field.is_empty() && choice.one_in(3);
    if needs.is_empty() && field.is_empty() {
        out += &format!("{vis}struct {name};\n");
    } else if is_tuple {
        let fields: Vec<String> =
            needs.iter().map(|ty| format!("{}{ty}", choice.of(&["", "pub ", "pub(crate) "]))).collect();
        out += &format!("{vis}struct {name}({});\n", fields.join(", "));
    } else {
        let mut fields: Vec<String> = needs
            .iter()
            .zip(FIELDS)
            .map(|(ty, field)| format!("{}{field}: {ty}", choice.of(&["", "pub ", "/// A field.\n        "])))
            .collect();
        fields.extend((!field.is_empty()).then(|| field.to_owned()));
        fields.extend(choice.one_in(4).then(|| "#[cfg(any())] missing: Arc<Missing>".to_owned()));
        fields.extend(
            choice
                .one_in(4)
                .then(|| "#[cfg_attr(all(), inject(default))] count: std::sync::atomic::AtomicUsize".to_owned()),
        );
        fields.extend(
            choice
                .one_in(4)
                .then(|| "#[inject(default)] #[allow(unused)] names: std::sync::Mutex<Vec<String>>".to_owned()),
        );
        choice.shuffle(&mut fields);
        out += &format!("{vis}struct {name}{declared}{bounds} {{\n        {}\n    }}\n", fields.join(",\n        "));
    }
    if !more.is_empty() {
        out += &format!("    impl{declared} {name}{used}{bounds} {{ fn warm_up(&mut self) {{}} }}\n");
    }
    implement(&mut out, provided.as_ref(), name, declared, used, bounds);
    let keys = keys(provided.is_some().then_some(number), &format!("{name}{given}"));
    Service {
        declared: out,
        listed: format!("{name}{given}"),
        marks: String::new(),
        keys,
        is_async: false,
        is_fallible: false,
    }
}

fn implement(
    out: &mut String,
    provided: Option<&(&Interface, String)>,
    name: &str,
    declared: &str,
    used: &str,
    bounds: &str,
) {
    if let Some((interface, _)) = provided {
        let implemented = interface.implemented_for(&format!("{name}{used}{bounds}"), declared);
        *out += &format!("    {implemented}\n");
    }
}

fn keys(interface: Option<usize>, own: &str) -> Vec<Key> {
    let mut keys = vec![Key::Own(own.to_owned())];
    keys.extend(interface.map(Key::Interface));
    keys
}

fn by_constructor(choice: &mut Choice, module: &Module<'_>, number: usize, name: &str) -> Service {
    let provided = interface(choice, module, number);
    let needs = dependencies(choice, module);
    let arguments: Vec<String> = needs
        .iter()
        .enumerate()
        .map(|(index, ty)| match choice.below(4) {
            0 => format!("_: {ty}"),
            1 => format!("mut a{index}: {ty}"),
            2 => format!("#[allow(unused)] r#type{index}: {ty}",).replace("r#type", "kind"),
            _ => format!("{}: {ty}", FIELDS[index]),
        })
        .collect();
    let is_async = choice.one_in(5);
    let (returned, value) = match choice.below(5) {
        0 => ("Result<Self, String>", "Ok(Self)"),
        1 => ("std::io::Result<Self>", "Ok(Self)"),
        2 => (name, "Self"),
        _ => ("Self", "Self"),
    };
    let function = choice.of(&["new", "r#try", "open", "r#yield"]);
    let vis = visibility(choice, module.number);
    let mut out = format!("    {vis}struct {name};\n");
    out += &attributes(choice, provided.as_ref().map(|(_, name)| name.as_str()), "").replace("#[must_use]\n    ", "");
    out += &format!(
        "impl {name} {{\n        const SIZE: usize = 1;\n        fn before() {{}}\n        #[constructor]\n        {}{}fn {function}({}) -> {returned} {{ {value} }}\n        fn after<T>(&self, _: impl Send) {{}}\n    }}\n",
        choice.of(&["", "pub ", "#[inline] pub(crate) "]),
        if is_async { "async " } else { "" },
        arguments.join(", "),
    );
    implement(&mut out, provided.as_ref(), name, "", "", "");
    let keys = keys(provided.is_some().then_some(number), name);
    let is_fallible = returned.contains("Result");
    Service { declared: out, listed: name.to_owned(), marks: String::new(), keys, is_async, is_fallible }
}

fn by_macro(choice: &mut Choice, module: &Module<'_>, number: usize, name: &str) -> Service {
    let need = dependency(choice, module);
    let vis = visibility(choice, module.number);
    let declared = format!(
        "    macro_rules! make{number} {{\n        ($(#[$meta:meta])* $vis:vis $name:ident, $field:ident: $ty:ty) => {{\n            $(#[$meta])*\n            $vis struct $name {{ $field: $ty }}\n        }};\n    }}\n    make{number}!(#[service] {vis}{name}, {}: {need});\n",
        FIELDS[number % FIELDS.len()],
    );
    Service {
        declared,
        listed: name.to_owned(),
        marks: String::new(),
        keys: keys(None, name),
        is_async: false,
        is_fallible: false,
    }
}

fn function(choice: &mut Choice, module: &Module<'_>, number: usize) -> Service {
    let needs = dependencies(choice, module);
    let arguments: Vec<String> = needs.iter().enumerate().map(|(index, ty)| format!("a{index}: {ty}")).collect();
    let key = format!("crate::Foreign<{number}>");
    let value = format!("crate::Foreign::<{number}>({number})");
    let (returned, value, is_fallible) = match choice.below(4) {
        0 => (format!("Result<{key}, std::fmt::Error>"), format!("Ok({value})"), true),
        1 => (format!("Arc<{key}>"), format!("Arc::new({value})"), false),
        2 => (format!("std::io::Result<Arc<{key}>>"), format!("Ok(Arc::new({value}))"), true),
        _ => (key.clone(), value, false),
    };
    let is_async = choice.one_in(4);
    let name = if choice.one_in(4) { KEYWORDS[number % KEYWORDS.len()].to_owned() } else { format!("make_{number}") };
    let vis = visibility(choice, module.number);
    let declared = format!(
        "{}{vis}{}fn {name}({}) -> {returned} {{ {value} }}\n",
        attributes(choice, None, "").replace("#[must_use]\n    ", ""),
        if is_async { "async " } else { "" },
        arguments.join(", "),
    );
    Service {
        declared,
        listed: key.clone(),
        marks: format!("#[provide({name})] "),
        keys: vec![Key::Foreign(key)],
        is_async,
        is_fallible,
    }
}
