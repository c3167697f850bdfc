//! DI0003: two fields of a container answer one key, as far as their types are spelt alike.
//!
//! What a service provides is not known here. Two services of one interface are found by the compiler, as two
//! implementations of one trait ([decision 18](../../../docs/decisions/0018-two-bindings.md)).

use crate::errors::Errors;
use crate::model::container::Container;
use crate::model::listed::{Field, Kind, Registration, Shape};
use crate::text::text;

/// What a field answers.
#[derive(PartialEq, Eq)]
enum Key {
    /// An instance of the type or interface, under a qualifier.
    Instance(String, Option<String>),
    Group(String),
    Factory(String),
}

/// Adds an error for each field that answers what an earlier one does, and lets it answer no longer.
pub(super) fn check(container: &mut Container, errors: &mut Errors) {
    let name = container.name.to_string();
    let mut seen: Vec<(Key, String, Registration)> = Vec::new();
    for group in &container.groups {
        let key = text(&group.interface);
        seen.push((Key::Group(key.clone()), format!("the group of `{key}`"), Registration::Dual));
    }
    for field in &mut container.fields {
        let Some(key) = key_of(field).filter(is_spelt_out) else { continue };
        if let Some((_, earlier, registration)) = seen.iter().find(|(other, ..)| *other == key) {
            let message = two_bindings(&name, &key, earlier, field);
            if matches!(key, Key::Factory(_)) {
                errors.fatal(&field.ty, message);
            } else {
                errors.at(&field.ty, message);
            }
            let answers_more = field.registration.interface() && !registration.interface();
            field.registration = if answers_more { Registration::Interface } else { Registration::GroupOnly };
            continue;
        }
        seen.push((key, format!("`{}`", field.plain_name()), field.registration));
    }
    let mut absent: Vec<String> = Vec::new();
    container.absent.retain(|interface| {
        let key = text(interface);
        let is_first = !absent.contains(&key);
        if !is_first {
            errors.at(
                interface,
                format_args!("[DI0003] `{name}` says twice that there is no `{key}`\n\n  help: remove one of them\n  see docs/diagnostics/DI0003.md"),
            );
        }
        absent.push(key);
        is_first
    });
}

fn key_of(field: &Field) -> Option<Key> {
    let instance = |ty, qualified: bool| {
        let qualifier = field.qualifier.as_ref().filter(|_| qualified).map(text);
        Some(Key::Instance(text(ty), qualifier))
    };
    match field.kind {
        Kind::Service if field.registration.concrete() => instance(&field.ty, true),
        Kind::Input | Kind::Inherit if field.registration != Registration::GroupOnly => match field.shape() {
            // A qualifier on an inherited field says how it is asked for.
            Shape::Value => instance(&field.ty, field.kind == Kind::Input),
            Shape::Arc(key) | Shape::Optional(key) => instance(key, field.kind == Kind::Input),
            Shape::Many(key) => Some(Key::Group(text(key))),
        },
        Kind::Transient | Kind::Scope => Some(Key::Factory(text(&field.ty))),
        Kind::Service | Kind::Input | Kind::Inherit | Kind::Module => None,
    }
}

/// Two texts with `$crate` in them can be two types.
fn is_spelt_out(key: &Key) -> bool {
    match key {
        Key::Instance(text, qualifier) => {
            !text.contains('$') && !qualifier.as_ref().is_some_and(|text| text.contains('$'))
        }
        Key::Group(text) | Key::Factory(text) => !text.contains('$'),
    }
}

fn two_bindings(container: &str, key: &Key, earlier: &str, field: &Field) -> String {
    let (own, ty) = (field.plain_name(), text(&field.ty));
    let (asked, apart) = match key {
        Key::Instance(key, qualifier) => {
            let under = qualifier.as_ref().map(|text| format!(" under the qualifier `{text}`")).unwrap_or_default();
            let qualify = match field.kind {
                Kind::Inherit => String::new(),
                Kind::Input => format!("\n  help: or tell them apart: `#[input] #[qualified(Other)] {own}: {ty}`"),
                _ => format!("\n  help: or tell them apart: `#[qualified(Other)] {own}: {ty}`"),
            };
            (format!("{key}`{under}"), qualify)
        }
        Key::Group(key) => (format!("Many<{key}>`"), String::new()),
        Key::Factory(key) => (format!("Factory<{key}, ..>`"), String::new()),
    };
    format!(
        "[DI0003] `{container}` has two bindings of `{asked}: {earlier} and `{own}`\n\n  help: remove one of them{apart}\n  see docs/diagnostics/DI0003.md"
    )
}
