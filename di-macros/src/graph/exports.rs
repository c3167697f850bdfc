//! Exports of concrete types that a module passes on from a module inside of it.

use super::text::{alike, is_interface};
use crate::model::container::{Container, without_dyn};
use crate::model::listed::Kind;
use crate::model::said::Said;
use crate::text::of_type;

/// Reads an export as a concrete type where a module inside exports it as one.
///
/// What a container exports is written as a path, and only what is listed tells whether that is a type or an interface; what
/// a module exports is known at the end of the chain.
pub(crate) fn resolve(container: &mut Container, said: &[Option<Said>]) {
    let listed = || container.fields.iter().zip(said).filter_map(|(field, said)| Some((field.kind, said.as_ref()?)));
    let modules = listed().filter(|(kind, _)| *kind == Kind::Module).map(|(_, said)| said);
    let exported: Vec<String> = modules.flat_map(|said| said.interfaces.iter().cloned()).collect();
    if exported.is_empty() {
        return;
    }
    let is_exported = |key: &str| exported.iter().any(|own| alike(own, key) && is_interface(own) == is_interface(key));
    for export in &mut container.exports {
        let Some(named) = without_dyn(export) else { continue };
        if is_exported(&of_type(&named)) && !is_exported(&of_type(&*export)) {
            *export = named;
        }
    }
}
