//! Rules of a container that need no look into its services.

use proc_macro2::Ident;
use syn::Type;

use crate::errors::{Code, Errors};
use crate::model::container::Container;
use crate::model::listed::{Field, Kind, Shape};
use crate::text::{of_type, text};

/// Adds an error for each broken rule.
///
/// What a fault would make the compiler repeat is taken out of the container.
pub(crate) fn check(container: &Container, errors: &mut Errors) {
    for field in &container.fields {
        could_be_a_service(field, &container.name, errors);
        is_no_part_of_itself(field, &container.name, errors);
        registration_fits(field, errors);
        inherited_is_shared(field, errors);
        scope_has_a_name_of_its_own(field, errors);
    }
    absent_once(container, errors);
}

/// DI0005: what has no size, or no name of its own, is never a service; the compiler would say so many times.
fn could_be_a_service(field: &Field, container: &Ident, errors: &mut Errors) {
    if field.kind == Kind::Input && matches!(field.ty, Type::TraitObject(_) | Type::Slice(_)) {
        let ty = of_type(&field.ty);
        errors.report_fatal(
            &field.ty,
            Code::DI0012,
            format_args!("an input is a value, and `{ty}` has no size\n\n  help: write `Arc<{ty}>`"),
        );
    }
    if matches!(field.kind, Kind::Input | Kind::Inherit) || matches!(field.ty, Type::Path(_)) {
        return;
    }
    let (name, ty) = (field.plain_name(), of_type(&field.ty));
    let (what, help) = match &field.ty {
        Type::TraitObject(_) => (
            "an interface, and no service",
            format!(
                "list a service that provides it: `{name}: Service`\n  help: or let the caller supply it: `#[input] {name}: Arc<{ty}>`"
            ),
        ),
        Type::ImplTrait(_) | Type::Infer(_) => ("no type of its own", format!("name the service: `{name}: Service`")),
        Type::Reference(reference) => {
            ("not a service", format!("let the caller supply it: `#[input] {name}: Arc<{}>`", text(&reference.elem)))
        }
        Type::Slice(_) => ("not a service", format!("let the caller supply it: `#[input] {name}: Arc<{ty}>`")),
        _ => return,
    };
    errors.report_fatal(
        &field.ty,
        Code::DI0005,
        format_args!("`{ty}` is {what}\n\n    `{container}` lists it as `{name}`\n\n  help: {help}"),
    );
}

/// DI0002: a container that holds itself would have no end; a scope is not held, and is told of with the rest of the graph.
fn is_no_part_of_itself(field: &Field, container: &Ident, errors: &mut Errors) {
    if matches!(field.kind, Kind::Scope | Kind::Transient) || !is_named(&field.ty, container) {
        return;
    }
    let name = field.plain_name();
    errors.report_fatal(
        &field.ty,
        Code::DI0002,
        format_args!(
            "the container `{container}` is a part of itself\n\n    `{container}` has `{name}: {container}` inside\n    `{container}`\n\n  help: remove `{name}: {container}`"
        ),
    );
}

fn is_named(ty: &Type, name: &Ident) -> bool {
    matches!(ty, Type::Path(path) if path.qself.is_none() && path.path.is_ident(name))
}

/// DI0003: an absence is declared once.
fn absent_once(container: &Container, errors: &mut Errors) {
    for (index, interface) in container.absent.iter().enumerate() {
        let key = text(interface);
        if container.absent.iter().take(index).any(|earlier| text(earlier) == key) {
            errors.report(
                interface,
                Code::DI0003,
                format_args!("`{}` says twice that there is no `{key}`\n\n  help: remove one of them", container.name),
            );
        }
    }
}

fn registration_fits(field: &Field, errors: &mut Errors) {
    let word = field.kind.word();
    if matches!(field.kind, Kind::Scope | Kind::Inherit) && field.group.is_some() {
        errors.report_fatal(
            &field.name,
            Code::DI0012,
            format_args!("`#[{word}]` cannot be a member of a group\n\n  help: list a service instead"),
        );
    }
    if field.kind == Kind::Transient && field.group.is_some() {
        errors.report_fatal(
            &field.name,
            Code::DI0012,
            "a transient cannot be a member of a group: a group holds its members\n\n  help: remove `#[transient]`",
        );
    }
}

/// DI0012: a scope is opened by a method of the field's name.
fn scope_has_a_name_of_its_own(field: &Field, errors: &mut Errors) {
    const TAKEN: &[&str] = &["build", "get", "shared", "many", "qualified", "lookup", "close"];
    if field.kind != Kind::Scope {
        return;
    }
    let name = field.plain_name();
    if TAKEN.contains(&name.as_str()) {
        errors.report_fatal(
            &field.name,
            Code::DI0012,
            format_args!(
                "a scope is opened by the method of its name, and a container has another one called `{name}`\n\n  help: write `open_{name}: {}`",
                of_type(&field.ty)
            ),
        );
    }
}

/// What is inherited is found like a dependency, so it has the type of one.
fn inherited_is_shared(field: &Field, errors: &mut Errors) {
    if field.kind == Kind::Inherit && matches!(field.shape(), Shape::Value) {
        let ty: &Type = &field.ty;
        let name = text(ty);
        errors.report_fatal(
            ty,
            Code::DI0012,
            format_args!(
                "what is inherited is shared: `{name}` is not\n\n  help: write `Arc<{name}>`, `Option<Arc<{name}>>` or `Many<{name}>`"
            ),
        );
    }
}
