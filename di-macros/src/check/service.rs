//! Rules of a service.

use syn::GenericParam;

use crate::errors::{Code, Errors};
use crate::model::service::Service;
use crate::text::text;

/// Adds an error for each broken rule.
pub(crate) fn check(service: &Service, errors: &mut Errors) {
    no_lifetimes(service, errors);
    no_interface_twice(service, errors);
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
