//! The kinds of services: structs, constructors, provider functions, what a `macro_rules` writes, what is imported by
//! another name.

use crate::choice::Choice;
use crate::interface::{Interface, visibility};
use crate::service::{
    FIELDS, Found, Generics, Key, Module, Service, attributes, dependencies, dependency, dependency_anywhere, generics,
    interface,
};

const KEYWORDS: [&str; 12] =
    ["r#struct", "r#enum", "r#fn", "r#impl", "r#mod", "r#pub", "r#ref", "r#static", "r#let", "r#in", "r#if", "r#as"];

/// The service with this number; it may need all that are there.
pub(crate) fn service(choice: &mut Choice, module: &Module<'_>, number: usize) -> Service {
    let name = if choice.one_in(6) { KEYWORDS[number % KEYWORDS.len()].to_owned() } else { format!("S{number}") };
    match choice.below(10) {
        0 => function(choice, module, number),
        1 => generic_function(choice, module, number),
        2 | 3 => by_constructor(choice, module, number, &name),
        4 => by_generic_constructor(choice, module, number, &name),
        5 => by_macro(choice, module, number, &name),
        6 => renamed(choice, module, number),
        _ => of_fields(choice, module, number, &name),
    }
}

/// A service that says what it is made of, and nothing of how it is listed.
fn plain(declared: String, listed: String, keys: Vec<Key>) -> Service {
    Service { declared, listed, marks: String::new(), keys, found: Found::Plainly, is_async: false, is_fallible: false }
}

fn of_fields(choice: &mut Choice, module: &Module<'_>, number: usize, name: &str) -> Service {
    let Generics { declared, implemented, used, given, field, bounds } = generics(choice);
    let provided = interface(choice, module, number);
    let (more, hook) = match choice.below(10) {
        0 => ("post_construct = Self::warm_up", "fn warm_up(&mut self) {}"),
        1 => ("close = Self::end", "fn end(&self) {}"),
        2 => ("close = Self::end", "fn end(&self) -> Result<(), std::fmt::Error> { Ok(()) }"),
        _ => ("", ""),
    };
    let mut out = attributes(choice, provided.as_ref().map(|(_, name)| name.as_str()), more);
    let vis = visibility(choice, module.number);
    let needs = dependencies(choice, module);
    let is_tuple = field.is_empty() && choice.one_in(3);
    if needs.is_empty() && field.is_empty() {
        out += &format!("{vis}struct {name};\n");
    } else if is_tuple {
        let fields: Vec<String> =
            needs.iter().map(|(mark, ty)| format!("{mark}{}{ty}", choice.of(&["", "pub ", "pub(crate) "]))).collect();
        out += &format!("{vis}struct {name}({});\n", fields.join(", "));
    } else {
        let mut fields: Vec<String> = needs
            .iter()
            .zip(FIELDS)
            .map(|((mark, ty), field)| {
                format!("{mark}{}{field}: {ty}", choice.of(&["", "pub ", "pub(self) ", "#[allow(unused)] "]))
            })
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
                .then(|| "/// Names.\n        #[inject(default)] names: std::sync::Mutex<Vec<String>>".to_owned()),
        );
        choice.shuffle(&mut fields);
        out += &format!("{vis}struct {name}{declared}{bounds} {{\n        {}\n    }}\n", fields.join(",\n        "));
    }
    if !hook.is_empty() {
        out += &format!("    impl{implemented} {name}{used}{bounds} {{ {hook} }}\n");
    }
    implement(&mut out, provided.as_ref(), &format!("{name}{used}{bounds}"), implemented);
    let keys = keys(provided.is_some().then_some(number), &format!("{name}{given}"));
    plain(out, format!("{name}{given}"), keys)
}

fn implement(out: &mut String, provided: Option<&(&Interface, String)>, name: &str, generics: &str) {
    if let Some((interface, _)) = provided {
        *out += &format!("    {}\n", interface.implemented_for(name, generics));
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
        .map(|(index, (mark, ty))| match choice.below(4) {
            0 => format!("{mark}_: {ty}"),
            1 => format!("{mark}mut a{index}: {ty}"),
            2 => format!("#[allow(unused)] {mark}kind{index}: {ty}"),
            _ => format!("{mark}{}: {ty}", FIELDS[index]),
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
        "impl {name} {{\n        const SIZE: usize = 1;\n        fn before() {{}}\n        {}\n        {}{}fn {function}({}) -> {returned} {{ {value} }}\n        fn after<T>(&self, _: impl Send) {{}}\n    }}\n",
        choice.of(&["#[constructor]", "#[cfg(all())] #[constructor]", "#[cfg_attr(all(), constructor)]"]),
        choice.of(&["", "pub ", "#[inline] pub(crate) "]),
        if is_async { "async " } else { "" },
        arguments.join(", "),
    );
    implement(&mut out, provided.as_ref(), name, "");
    let keys = keys(provided.is_some().then_some(number), name);
    Service { is_async, is_fallible: returned.contains("Result"), ..plain(out, name.to_owned(), keys) }
}

/// What the constructor takes is an associated type of a parameter, or of the service itself.
fn by_generic_constructor(choice: &mut Choice, module: &Module<'_>, number: usize, name: &str) -> Service {
    let provided = interface(choice, module, number);
    let item = choice.of(&["T::Item", "<T as crate::Source>::Item", "<Self as crate::Holds>::Held"]);
    let (mark, need) = dependency(choice, module);
    let vis = visibility(choice, module.number);
    let mut out = format!(
        "    {vis}struct {name}<T>(std::marker::PhantomData<fn() -> T>);\n    impl<T: crate::Source> crate::Holds for {name}<T> {{ type Held = T::Item; }}\n"
    );
    out += &attributes(choice, provided.as_ref().map(|(_, name)| name.as_str()), "").replace("#[must_use]\n    ", "");
    out += &format!(
        "impl<T> {name}<T> where T: crate::Source {{\n        #[constructor]\n        fn of(_: Arc<{item}>, {mark}_: {need}) -> Self {{ Self(std::marker::PhantomData) }}\n    }}\n"
    );
    implement(&mut out, provided.as_ref(), &format!("{name}<T>"), "<T: crate::Source>");
    let listed = format!("{name}<{}>", choice.of(&["crate::Unit", "super::Unit"]));
    let keys = keys(provided.is_some().then_some(number), &listed);
    plain(out, listed, keys)
}

fn by_macro(choice: &mut Choice, module: &Module<'_>, number: usize, name: &str) -> Service {
    let (mark, need) = dependency(choice, module);
    let vis = visibility(choice, module.number);
    let declared = format!(
        "    macro_rules! make{number} {{\n        ($(#[$meta:meta])* $vis:vis $name:ident, $(#[$mark:meta])* $field:ident: $ty:ty) => {{\n            $(#[$meta])*\n            $vis struct $name {{ $(#[$mark])* $field: $ty }}\n        }};\n    }}\n    make{number}!(#[service] {vis}{name}, {mark}{}: {need});\n",
        FIELDS[number % FIELDS.len()],
    );
    plain(declared, name.to_owned(), keys(None, name))
}

/// A service of another module that is imported by another name.
fn renamed(choice: &mut Choice, module: &Module<'_>, number: usize) -> Service {
    let need = dependency_anywhere(choice, module);
    let name = format!("Renamed{number}");
    let provided = module.interfaces.get(number);
    let said = provided.map(|interface| format!("(provides = {})", interface.provided_anywhere(module.number)));
    let implemented = provided.map(|interface| interface.implemented_for("Original", "")).unwrap_or_default();
    let declared = format!(
        "    mod elsewhere{number} {{\n        use super::*;\n        use std::sync::Arc;\n        #[di_core::service{}]\n        pub struct Original {{ r#type: Arc<{need}> }}\n        {implemented}\n    }}\n    {}use {}elsewhere{number}::Original as {name};\n",
        said.unwrap_or_default(),
        choice.of(&["", "pub(crate) ", "pub(super) "]),
        choice.of(&["", "self::"]),
    );
    let mut keys = keys(provided.is_some().then_some(number), &name);
    keys.extend(module.is_in_order.then(|| Key::Foreign(format!("elsewhere{number}::Original"))));
    plain(declared, name, keys)
}

fn function(choice: &mut Choice, module: &Module<'_>, number: usize) -> Service {
    let needs = dependencies(choice, module);
    let arguments: Vec<String> =
        needs.iter().enumerate().map(|(index, (mark, ty))| format!("{mark}a{index}: {ty}")).collect();
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
    let closed = choice.of(&["", "", "close = drop"]);
    let declared = format!(
        "{}{vis}{}fn {name}({}) -> {returned} {{ {value} }}\n",
        attributes(choice, None, closed).replace("#[must_use]\n    ", ""),
        if is_async { "async " } else { "" },
        arguments.join(", "),
    );
    let marks = format!("{} ", choice.of(&["#[provide(X)]", "#[cfg_attr(all(), provide(X))]"]).replace('X', &name));
    Service { marks, is_async, is_fallible, ..plain(declared, key.clone(), vec![Key::Foreign(key)]) }
}

/// A provider function with a parameter, which its key may not name.
fn generic_function(choice: &mut Choice, module: &Module<'_>, number: usize) -> Service {
    let (mark, need) = dependency(choice, module);
    let vis = visibility(choice, module.number);
    let (key, made) = match choice.below(2) {
        0 => (format!("crate::Made<crate::Unit, {number}>"), format!("crate::Made<T, {number}>")),
        _ => (format!("crate::Foreign<{number}>"), format!("crate::Foreign<{number}>")),
    };
    let declared = format!(
        "{}{vis}fn make_{number}<T: crate::Source>(_: Arc<T::Item>, {mark}_: {need}) -> {made} {{ Default::default() }}\n",
        attributes(choice, None, "").replace("#[must_use]\n    ", ""),
    );
    Service {
        marks: format!("#[provide(make_{number}<crate::Unit>)] "),
        ..plain(declared, key.clone(), vec![Key::Foreign(key)])
    }
}
