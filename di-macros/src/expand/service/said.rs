//! The facts that a service states for the containers that list it.

use syn::GenericParam;

use super::construction::{given, mode};
use crate::model::dependency::{Wanted, asked, factory_arguments};
use crate::model::mode::Mode;
use crate::model::said::{Flags, MemberKind, Said};
use crate::model::service::{Service, plain};
use crate::model::source::Source;
use crate::spans::Location;
use crate::text::{of_type, text};

/// What it says of itself.
pub(super) fn said(service: &Service) -> Said {
    let Mode { is_async, is_fallible } = mode(service);
    let has_life = service.close.is_some() || service.lifecycle.is_some() || service.health.is_some();
    let members = given(service).map(|(_, member)| {
        let asked = asked(&member.ty);
        let (kind, key) = match &member.source {
            Source::Injected { .. } => (MemberKind::Injected(asked.wanted), spelt_out_self(service, asked.key)),
            Source::Key => (MemberKind::Key, String::new()),
            Source::Arg | Source::Default => (MemberKind::Arg, of_type(&member.ty)),
        };
        let qualifier = match &member.source {
            Source::Injected { qualifier } => qualifier.as_deref().map(text),
            _ => None,
        };
        crate::model::said::Member {
            kind,
            name: member.name.clone(),
            key,
            qualifier,
            args: if kind == MemberKind::Injected(Wanted::Factory) { factory_arguments(&member.ty) } else { None },
        }
    });
    Said {
        name: plain(&service.name),
        // What a parameter stands for is known where the service is listed.
        params: service.generics.params.iter().filter_map(parameter).collect(),
        interfaces: service.interfaces.iter().map(of_type).collect(),
        flags: Flags {
            is_async,
            is_fallible,
            has_life,
            winding_down: service.winding_down.is_some(),
            is_provider: service.product.is_some(),
            is_reported: service.product.as_ref().is_some_and(|product| product.is_reported),
            is_public: service.is_public && service.generics.params.is_empty(),
            ..Flags::default()
        },
        location: Location::of(&service.name),
        members: members.collect(),
    }
}

/// A key in which `Self` stands under its own name: a container has another `Self`.
fn spelt_out_self(service: &Service, key: String) -> String {
    if !key.contains("Self") {
        return key;
    }
    let own = text(&service.self_ty);
    let mut out = String::with_capacity(key.len());
    let mut rest = key.as_str();
    while let Some(at) = rest.find("Self") {
        let (before, after) = (&rest[..at], &rest[at + "Self".len()..]);
        let is_of_a_word = |c: char| c.is_alphanumeric() || c == '_';
        let is_a_word = !before.ends_with(is_of_a_word) && !after.starts_with(is_of_a_word);
        out += before;
        out += if is_a_word && !after.trim_start().starts_with("::") { &own } else { "Self" };
        rest = after;
    }
    out + rest
}

fn parameter(parameter: &GenericParam) -> Option<String> {
    match parameter {
        GenericParam::Type(parameter) => Some(parameter.ident.to_string()),
        GenericParam::Const(parameter) => Some(parameter.ident.to_string()),
        GenericParam::Lifetime(_) => None,
    }
}
