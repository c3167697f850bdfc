//! A service: how it is declared, how a container lists it, and under which names it is asked for.

use crate::choice::Choice;
use crate::interface::{Interface, path};

pub(crate) struct Service {
    /// The item, with what belongs to it.
    pub(crate) declared: String,
    /// Its field in the container, without the name.
    pub(crate) listed: String,
    /// The attributes of the field.
    pub(crate) marks: String,
    /// The keys under which it is found.
    pub(crate) keys: Vec<Key>,
    /// How it is found: nothing else is decided by the container.
    pub(crate) found: Found,
    pub(crate) is_async: bool,
    pub(crate) is_fallible: bool,
}

/// A key, without the path of its module where one may stand.
#[derive(Clone)]
pub(crate) enum Key {
    /// A type of the module's own.
    Own(String),
    /// A type from elsewhere, or with its path.
    Foreign(String),
    Interface(usize),
}

/// How a service is asked for.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Found {
    #[default]
    Plainly,
    /// Under the qualifier `Q`.
    Qualified,
    /// As a new one each time.
    Transient,
}

impl Key {
    /// The key as it is written in its module.
    pub(crate) fn written(&self, choice: &mut Choice, module: &Module<'_>) -> String {
        match self {
            Self::Own(name) => format!("{}{name}", path(choice, module.number)),
            Self::Foreign(name) => name.clone(),
            Self::Interface(number) => module.interfaces[*number].asked(choice, module.number),
        }
    }

    /// The key as it is written anywhere in the crate; nothing where it says more that begins at its module.
    pub(crate) fn written_anywhere(&self, module: &Module<'_>) -> Option<String> {
        let number = module.number;
        let written = match self {
            Self::Own(name) => format!("crate::m{number}::{name}"),
            Self::Foreign(name) if name.starts_with("crate::") => name.clone(),
            Self::Foreign(name) => match name.strip_prefix("dyn ") {
                Some(interface) => format!("dyn crate::m{number}::{interface}"),
                None => format!("crate::m{number}::{name}"),
            },
            Self::Interface(interface) => module.interfaces[*interface].asked_anywhere(number),
        };
        (!written.contains("super::")).then_some(written)
    }
}

/// What a container has beside its services.
pub(crate) const INPUT: &str = "u64";

/// What the services of a module are made of.
pub(crate) struct Module<'a> {
    pub(crate) number: usize,
    pub(crate) interfaces: &'a [Interface],
    pub(crate) services: &'a [Service],
    /// The group has all of its members, so that what comes now may ask for it.
    pub(crate) has_group: bool,
    /// The container lists its services in the order of their needs, so that types may decide where names do not tell.
    pub(crate) is_in_order: bool,
}

/// A dependency on something that is there: its attribute, and its type.
pub(crate) fn dependency(choice: &mut Choice, module: &Module<'_>) -> (&'static str, String) {
    let arc = choice.of(&["Arc", "Arc", "std::sync::Arc", "::std::sync::Arc"]);
    let count = module.services.len();
    if module.has_group && choice.one_in(6) {
        return ("", format!("di_core::dependency::Many<dyn {}IGroup>", path(choice, module.number)));
    }
    if choice.one_in(12) {
        return ("", format!("Option<{arc}<dyn {}IAbsent>>", path(choice, module.number)));
    }
    let found = if count == 0 || choice.one_in(8) { None } else { Some(&module.services[choice.below(count)]) };
    let Some(service) = found.filter(|service| !service.keys.is_empty()) else {
        return ("", format!("{arc}<{INPUT}>"));
    };
    let key = service.keys[choice.below(service.keys.len())].written(choice, module);
    let attribute = if service.found == Found::Qualified { choice_of_qualifier(choice) } else { "" };
    let form = match choice.below(6) {
        2 if service.found == Found::Plainly && module.is_in_order => format!("crate::Shared<{key}>"),
        // What is deferred, names decide.
        0 if service.found != Found::Transient && !key.contains("elsewhere") => {
            format!("di_core::dependency::Lazy<{key}>")
        }
        1 => format!("Option<{arc}<{key}>>"),
        _ => format!("{arc}<{key}>"),
    };
    (attribute, form)
}

fn choice_of_qualifier(choice: &mut Choice) -> &'static str {
    ["#[inject(qualified = Q)] ", "#[cfg_attr(all(), inject(qualified = self::Q))] "][choice.below(2)]
}

pub(crate) fn dependencies(choice: &mut Choice, module: &Module<'_>) -> Vec<(&'static str, String)> {
    (0..choice.below(4)).map(|_| dependency(choice, module)).collect()
}

/// A dependency that can be written anywhere in the crate.
pub(crate) fn dependency_anywhere(choice: &mut Choice, module: &Module<'_>) -> String {
    let plain = module.services.iter().filter(|service| service.found == Found::Plainly);
    let keys: Vec<String> =
        plain.flat_map(|service| &service.keys).filter_map(|key| key.written_anywhere(module)).collect();
    if keys.is_empty() { INPUT.to_owned() } else { keys[choice.below(keys.len())].clone() }
}

pub(crate) const FIELDS: [&str; 6] = ["r#type", "clock", "r#match", "_unused", "value", "r#mut"];

/// Parameters, with what stands for them in a container.
pub(crate) struct Generics {
    pub(crate) declared: &'static str,
    /// As an impl declares them: without defaults.
    pub(crate) implemented: &'static str,
    pub(crate) used: &'static str,
    pub(crate) given: &'static str,
    /// A field that uses them all.
    pub(crate) field: &'static str,
    pub(crate) bounds: &'static str,
}

pub(crate) fn generics(choice: &mut Choice) -> Generics {
    let marker = "#[inject(default)] marker: std::marker::PhantomData<fn() -> T>";
    let (declared, used, given, field, bounds) = match choice.below(16) {
        0 => ("<T: crate::Source>", "<T>", "<crate::Unit>", "source: Arc<T::Item>", ""),
        1 => ("<T: crate::Source>", "<T>", "<super::Unit>", "source: Arc<<T as crate::Source>::Item>", ""),
        2 => ("<T>", "<T>", "<u8>", marker, " where T: Send + 'static"),
        3 => ("<const N: usize>", "<N>", "<3>", "#[inject(default)] size: [(); N]", " where [(); N]: Default"),
        4 => (
            "<T: ?Sized + Send + 'static>",
            "<T>",
            "<str>",
            "#[inject(default)] marker: std::marker::PhantomData<fn(&T)>",
            "",
        ),
        5 => ("<T: crate::Source<Item = u64>>", "<T>", "<crate::Unit>", "source: Arc<T::Item>", ""),
        6 => (
            "<T: Send + 'static, U: 'static>",
            "<T, U>",
            "<u8, u16>",
            "#[inject(default)] marker: std::marker::PhantomData<fn(T) -> U>",
            " where U: From<T> + Send",
        ),
        7 => ("<T>", "<T>", "<fn(&str) -> &str>", marker, " where T: for<'x> Fn(&'x str) -> &'x str + 'static"),
        8 => ("<T: 'static = u8>", "<T>", "", marker, ""),
        9 => ("<r#type: crate::Source>", "<r#type>", "<crate::Unit>", "source: Arc<r#type::Item>", ""),
        _ => ("", "", "", "", ""),
    };
    let implemented = if declared == "<T: 'static = u8>" { "<T: 'static>" } else { declared };
    Generics { declared, implemented, used, given, field, bounds }
}

/// Attributes of an item, ours among them.
pub(crate) fn attributes(choice: &mut Choice, provides: Option<&str>, more: &str) -> String {
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
    let own = if choice.one_in(8) { format!("#[cfg_attr(all(), {})]", &own[2..own.len() - 1]) } else { own };
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
pub(crate) fn interface<'a>(
    choice: &mut Choice,
    module: &Module<'a>,
    number: usize,
) -> Option<(&'a Interface, String)> {
    let interface = module.interfaces.get(number)?;
    Some((interface, interface.provided(choice, module.number)))
}
