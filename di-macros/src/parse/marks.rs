//! The framework's own attributes on an item, a field or an argument, taken off it.

use proc_macro2::{Ident, TokenStream};
use syn::spanned::Spanned;
use syn::{Attribute, Meta};

use crate::errors::{Code, Errors};
use crate::words::Place;

/// The attributes of the framework that stood in one place.
pub(crate) struct Marks {
    found: Vec<(Ident, Attribute)>,
}

impl Marks {
    /// Takes the attributes of a place off the list; one that stands twice is an error.
    pub(crate) fn take(attrs: &mut Vec<Attribute>, place: &Place, errors: &mut Errors) -> Self {
        let mut marks = Self::take_all(attrs, place);
        let mut seen: Vec<Ident> = Vec::new();
        marks.found.retain(|(name, attribute)| {
            let is_first = !seen.contains(name);
            if is_first {
                seen.push(name.clone());
            } else {
                errors.report(attribute, Code::DI0012, format_args!("`#[{name}]` stands twice\n\n  help: remove one"));
            }
            is_first
        });
        marks
    }

    /// Takes the attributes of a place off the list, each as often as it stands there.
    pub(crate) fn take_all(attrs: &mut Vec<Attribute>, place: &Place) -> Self {
        let mut found = Vec::new();
        attrs.retain(|attribute| match attribute.path().get_ident() {
            Some(name) if place.get(&name.to_string()).is_some() => {
                found.push((name.clone(), attribute.clone()));
                false
            }
            _ => true,
        });
        Self { found }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// The attribute of that name.
    pub(crate) fn get(&self, name: &str) -> Option<&Attribute> {
        self.found.iter().find(|(own, _)| own == name).map(|(_, attribute)| attribute)
    }

    /// All attributes of that name.
    pub(crate) fn all(&self, name: &str) -> impl Iterator<Item = &Attribute> {
        self.found.iter().filter(move |(own, _)| own == name).map(|(_, attribute)| attribute)
    }

    /// Whether the attribute stands there; it takes no arguments.
    pub(crate) fn has(&self, name: &str, errors: &mut Errors) -> bool {
        let Some(attribute) = self.get(name) else { return false };
        if !matches!(attribute.meta, Meta::Path(_)) {
            errors.report(attribute, Code::DI0012, format_args!("`#[{name}]` takes no arguments"));
        }
        true
    }
}

/// What stands in the parentheses of an attribute; an error where there are none.
pub(crate) fn arguments(attribute: &Attribute, example: &str) -> syn::Result<TokenStream> {
    match &attribute.meta {
        Meta::List(list) => Ok(list.tokens.clone()),
        Meta::Path(_) | Meta::NameValue(_) => {
            Err(Code::DI0012.error_at(attribute, format_args!("this attribute takes arguments: `{example}`")))
        }
    }
}

/// Takes a misspelt attribute as the one that was meant, so that the one error about it stays the only one.
pub(crate) fn take_as(attribute: &mut Attribute, name: &str) -> bool {
    let meant = syn::Path::from(Ident::new(name, attribute.path().span()));
    match &mut attribute.meta {
        Meta::Path(path) => *path = meant,
        Meta::List(list) => list.path = meant,
        Meta::NameValue(_) => return false,
    }
    true
}
