//! Rules of a service.

use syn::GenericParam;

use super::not_injectable::held_by_rc;
use crate::errors::{Code, Errors};
use crate::model::service::{Made, Service};
use crate::text::text;

/// Adds an error for each broken rule.
pub(crate) fn check(service: &Service, errors: &mut Errors) {
    no_lifetimes(service, errors);
    no_interface_twice(service, errors);
    no_rc_in_fields(service, errors);
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

/// A field that is an `Rc` cannot be injected, and its service not be shared: both are one fault, and its name tells.
fn no_rc_in_fields(service: &Service, errors: &mut Errors) {
    if let Made::By { .. } = service.made {
        return;
    }
    for (member, _) in service.injected() {
        if let Some(held) = held_by_rc(&member.ty) {
            let (written, held) = (text(&member.ty), text(held));
            errors.report(
                &member.ty,
                Code::DI0001,
                format_args!(
                    "`{written}` cannot be injected: services are shared between threads\n\n  help: ask for `Arc<{held}>`"
                ),
            );
        }
    }
}
