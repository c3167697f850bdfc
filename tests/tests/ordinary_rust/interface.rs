//! An interface: how its trait is declared, and how it is named where it is provided and asked for.

use crate::choice::Choice;

pub(crate) struct Interface {
    /// The trait, with its attributes.
    pub(crate) declared: String,
    /// The rest of `impl .. for S`, from `impl` on, with `{}` for the service.
    implemented: String,
    /// As it stands behind `dyn`, and in `provides`, without the path.
    name: String,
    /// `for<'a> `
    binder: &'static str,
    /// ` + Send`
    bounds: &'static str,
}

impl Interface {
    pub(crate) fn new(choice: &mut Choice, module: usize, number: usize) -> Self {
        let keyword = ["r#match", "r#loop", "r#move", "r#where", "r#yield", "r#use"][number % 6];
        let name = match choice.below(8) {
            0 if number < 6 => keyword.to_owned(),
            _ => format!("I{number}"),
        };
        let vis = visibility(choice, module);
        let method = choice.of(&["get", "r#type", "value", "build"]);
        let bounds = choice.of(&["", "", "", " + Send", " + Send + Sync"]);
        let supertrait = choice.of(&["", ": Send", ": std::marker::Sync", ": std::any::Any"]);
        let more = choice.of(&[
            "",
            "fn generic<G>(&self, _: G) where Self: Sized {}",
            "const SIZE: usize = 1; ",
            "fn consume(self: std::sync::Arc<Self>) {}",
            "fn new() -> Self where Self: Sized { unimplemented!() }",
            "#[cfg(any())] fn fresh() -> Self;",
            "fn fork(&self) -> Self where Self: Clone { self.clone() }",
            "fn made() -> Self where Self: Default + std::marker::Sized { Self::default() }",
            "fn pinned(self: std::pin::Pin<&Self>, _: &mut dyn FnMut(u8) -> u8) {}",
            "/// Documented.\n        #[must_use] #[inline] fn documented(&self) -> u8 { 7 }",
        ]);
        // A constant keeps a trait from being an object, in plain Rust as here.
        let more = if more.starts_with("const") { "" } else { more };
        let docs = choice.of(&["", "/// Some interface.\n    ", "#[allow(dead_code)]\n    ", "#[doc(hidden)]\n    "]);
        let (generics, arguments, binder, body, implemented) = match choice.below(5) {
            0 => ("<'a>", "<'a>", "for<'a> ", format!("fn {method}(&self, text: &'a str) -> &'a str"), "text"),
            1 => ("<T: Send = u8>", "<u8>", "", format!("fn {method}(&self, _: &T) -> usize"), "1"),
            2 => ("", "<Item = u8>", "", format!("type Item; fn {method}(&self) -> Self::Item"), "1"),
            _ => ("", "", "", format!("fn {method}(&self) -> usize"), "1"),
        };
        let own = match arguments {
            "<'a>" => format!("impl<'a> {name}<'a> for {{}} {{ {body} {{ {implemented} }} }}"),
            "<u8>" => format!("impl {name}<u8> for {{}} {{ {} {{ {implemented} }} }}", body.replace("&T", "&u8")),
            "<Item = u8>" => {
                let body = body.replace("type Item;", "type Item = u8;").replace("Self::Item", "u8");
                format!("impl {name} for {{}} {{ {body} {{ {implemented} }} }}")
            }
            _ => format!("impl {name} for {{}} {{ {body} {{ {implemented} }} }}"),
        };
        Self {
            declared: format!(
                "    #[di_core::interface]\n    {docs}{vis}trait {name}{generics}{supertrait} {{\n        {body};\n        {more}\n    }}\n"
            ),
            implemented: own,
            name: format!("{name}{arguments}"),
            binder,
            bounds,
        }
    }

    /// The impl for a service; `generics` are its parameters.
    pub(crate) fn implemented_for(&self, service: &str, generics: &str) -> String {
        let implemented = self.implemented.replacen("{}", service, 1);
        match (generics, implemented.strip_prefix("impl<'a>")) {
            ("", _) => implemented,
            (generics, Some(rest)) => format!("impl<'a, {}{rest}", generics.trim_start_matches('<')),
            (generics, None) => implemented.replacen("impl", &format!("impl{generics}"), 1),
        }
    }

    /// As it is provided.
    pub(crate) fn provided(&self, choice: &mut Choice, module: usize) -> String {
        format!("{}{}{}{}", self.binder, path(choice, module), self.name, self.bounds)
    }

    /// As it is provided anywhere in the crate.
    pub(crate) fn provided_anywhere(&self, module: usize) -> String {
        format!("{}crate::m{module}::{}{}", self.binder, self.name, self.bounds)
    }

    /// As it is asked for anywhere in the crate.
    pub(crate) fn asked_anywhere(&self, module: usize) -> String {
        format!("dyn {}", self.provided_anywhere(module))
    }

    /// As it is asked for.
    pub(crate) fn asked(&self, choice: &mut Choice, module: usize) -> String {
        format!("dyn {}{}{}{}", self.binder, path(choice, module), self.name, self.bounds)
    }
}

/// A path to what stands in a module, for what stands there, too.
pub(crate) fn path(choice: &mut Choice, module: usize) -> String {
    match choice.below(6) {
        0 => "self::".to_owned(),
        1 => format!("super::m{module}::"),
        2 => format!("crate::m{module}::"),
        _ => String::new(),
    }
}

pub(crate) fn visibility(choice: &mut Choice, module: usize) -> String {
    match choice.below(6) {
        0 => String::new(),
        1 => "pub(crate) ".to_owned(),
        2 => "pub(super) ".to_owned(),
        3 => format!("pub(in crate::m{module}) "),
        _ => "pub ".to_owned(),
    }
}
