//! Rules of a service.

use syn::GenericParam;

use crate::errors::Errors;
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
            errors.at(
                lifetime,
                format_args!(
                    "[DI0012] a service cannot borrow: `{}` lives as long as its container\n\n  help: hold an `Arc`, or write `'static`\n  see `di_core::diagnostics::DI0012`",
                    service.name
                ),
            );
        }
    }
}

fn no_interface_twice(service: &Service, errors: &mut Errors) {
    for (index, interface) in service.interfaces.iter().enumerate() {
        if service.interfaces.iter().take(index).any(|earlier| text(earlier) == text(interface)) {
            errors.at(
                interface,
                format_args!(
                    "[DI0012] `{}` provides `{}` twice\n\n  help: remove one\n  see `di_core::diagnostics::DI0012`",
                    service.name,
                    text(interface)
                ),
            );
        }
    }
}
