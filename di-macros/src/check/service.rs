//! Rules of a service.

use syn::GenericParam;

use super::not_injectable::key_in;
use crate::errors::{Code, Errors};
use crate::model::service::{Made, Service};
use crate::model::source::Source;
use crate::model::unshared::{Unshared, or_another_of_that_name};
use crate::text::text;

/// Adds an error for each broken rule.
pub(crate) fn check(service: &Service, errors: &mut Errors) {
    no_lifetimes(service, errors);
    no_interface_twice(service, errors);
    fields_are_shared(service, errors);
}

/// A service lives as long as its container: it borrows nothing.
fn no_lifetimes(service: &Service, errors: &mut Errors) {
    for parameter in &service.generics.params {
        if let GenericParam::Lifetime(lifetime) = parameter {
            errors.report(
                lifetime,
                Code::DI0012,
                format_args!(
                    "a service cannot borrow: `{}` lives as long as its container\n\n  help: hold an `Arc`, or write `'static`",
                    service.name
                ),
            );
        }
    }
}

fn no_interface_twice(service: &Service, errors: &mut Errors) {
    for (index, interface) in service.interfaces.iter().enumerate() {
        if service.interfaces.iter().take(index).any(|earlier| text(earlier) == text(interface)) {
            errors.report(
                interface,
                Code::DI0012,
                format_args!("`{}` provides `{}` twice\n\n  help: remove one", service.name, text(interface)),
            );
        }
    }
}

/// A service is shared between threads, and so is each of its fields.
fn fields_are_shared(service: &Service, errors: &mut Errors) {
    if let Made::By { .. } = service.made {
        return;
    }
    for member in &service.members {
        let Some(Unshared { held, instead }) = member.unshared() else { continue };
        let (written, key, held) = (text(&member.ty), text(key_in(held)), text(held));
        let or_another = or_another_of_that_name(&member.ty);
        match member.source {
            Source::Injected { .. } if instead == "Arc" => errors.report(
                &member.ty,
                Code::DI0001,
                format_args!(
                    "`{written}` cannot be injected: services are shared between threads\n\n  help: ask for `Arc<{key}>`{or_another}"
                ),
            ),
            // It cannot be injected, as the compiler tells.
            Source::Injected { .. } => {}
            _ => errors.report(
                &member.ty,
                Code::DI0005,
                format_args!(
                    "`{}` is no service: threads cannot share its `{written}`\n\n  help: write `{instead}<{held}>`{or_another}",
                    service.name
                ),
            ),
        }
    }
}
