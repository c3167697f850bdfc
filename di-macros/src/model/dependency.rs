//! Dependencies by their types: the key, and in which form it is asked for.
//!
//! Text proposes: a type of the user's own that happens to be called `Arc` is refused by the compiler, for it is not what the
//! container gives.

use syn::{GenericArgument, PathArguments, Type};

use crate::text::{of_type, text};

/// In which form a key is asked for; but for the last, the variants are those of `di_core::graph::Wanted`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Wanted {
    One,
    Optional,
    Many,
    Lazy,
    Factory,
    /// Its text does not tell: an alias, an associated type, a macro, or nothing that can be injected.
    Unknown,
}

/// A key and its form.
pub(crate) struct Asked {
    pub(crate) key: String,
    pub(crate) wanted: Wanted,
}

/// Reads `Arc<K>`, `Option<Arc<K>>`, `Many<K>`, `Lazy<K>` and `Factory<K, ..>`.
pub(crate) fn asked(ty: &Type) -> Asked {
    let (wanted, key) = form(ty);
    Asked { key: of_type(key), wanted }
}

/// In which form a type asks for its key.
pub(crate) fn wanted(ty: &Type) -> Wanted {
    form(ty).0
}

/// The form, and the key.
fn form(ty: &Type) -> (Wanted, &Type) {
    match generic(ty) {
        Some(("Arc", key)) => (Wanted::One, key),
        Some(("Many", key)) => (Wanted::Many, key),
        Some(("Lazy", key)) => (Wanted::Lazy, key),
        Some(("Factory", key)) => (Wanted::Factory, key),
        Some(("Option", inner)) => match generic(inner) {
            Some(("Arc", key)) => (Wanted::Optional, key),
            _ => (Wanted::Unknown, ty),
        },
        _ => (Wanted::Unknown, ty),
    }
}

/// The name of a generic type that this crate knows, and its first argument.
pub(crate) fn generic(ty: &Type) -> Option<(&'static str, &Type)> {
    let Type::Path(path) = ty else { return None };
    let segment = path.path.segments.last()?;
    let own = segment.ident.to_string();
    let name = ["Arc", "Option", "Many", "Lazy", "Factory"].into_iter().find(|name| own == *name)?;
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else { return None };
    match arguments.args.first()? {
        GenericArgument::Type(argument) => Some((name, argument)),
        _ => None,
    }
}

/// What stands behind the key in `Factory<K, (A, B)>`, as it is written; `()` where nothing does.
pub(crate) fn factory_arguments(ty: &Type) -> Option<String> {
    let Some(("Factory", _)) = generic(ty) else { return None };
    let Type::Path(path) = ty else { return None };
    let PathArguments::AngleBracketed(arguments) = &path.path.segments.last()?.arguments else { return None };
    Some(arguments.args.iter().nth(1).map_or_else(|| "()".to_owned(), text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(ty: &str, key: &str, wanted: Wanted) {
        let ty = syn::parse_str(ty).expect(ty);
        let asked = asked(&ty);
        assert_eq!((asked.key.as_str(), asked.wanted), (key, wanted));
    }

    #[test]
    fn the_key_of_each_form_is_found() {
        check("Arc<dyn IClock>", "dyn IClock", Wanted::One);
        check("std::sync::Arc<Clock>", "Clock", Wanted::One);
        check("Option<Arc<dyn IClock>>", "dyn IClock", Wanted::Optional);
        check("Many<dyn IVenue>", "dyn IVenue", Wanted::Many);
        check("Lazy<dyn IVenue>", "dyn IVenue", Wanted::Lazy);
        check("Factory<Ticket, (u32,)>", "Ticket", Wanted::Factory);
        check("Option<u32>", "Option<u32>", Wanted::Unknown);
    }
}
