//! What a dependency's type says to a reader: the key, and in which form it is asked for.
//!
//! Only texts are taken from here. What the container does is decided by the type itself, so that a type of the user's
//! own that happens to be called `Arc` misleads nobody but this message.

use syn::{GenericArgument, PathArguments, Type};

use crate::text::text;

/// In which form a key is asked for; the variants are those of `di_core::graph::Wanted`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Wanted {
    One,
    Optional,
    Many,
    Lazy,
    Factory,
}

/// A key and its form.
pub(crate) struct Asked {
    pub(crate) key: String,
    pub(crate) wanted: Wanted,
    /// Whether the type is one that can be injected, as far as its name tells.
    pub(crate) known: bool,
}

/// Reads `Arc<K>`, `Option<Arc<K>>`, `Many<K>`, `Lazy<K>` and `Factory<K, ..>`.
pub(crate) fn asked(ty: &Type) -> Asked {
    let found = |key: &Type, wanted| Asked { key: text(key), wanted, known: true };
    match generic(ty) {
        Some(("Arc", key)) => found(key, Wanted::One),
        Some(("Many", key)) => found(key, Wanted::Many),
        Some(("Lazy", key)) => found(key, Wanted::Lazy),
        Some(("Factory", key)) => found(key, Wanted::Factory),
        Some(("Option", inner)) if let Some(("Arc", key)) = generic(inner) => found(key, Wanted::Optional),
        _ => Asked { key: text(ty), wanted: Wanted::One, known: false },
    }
}

/// The name of a generic type that this crate knows, and its first argument.
pub(crate) fn generic(ty: &Type) -> Option<(&'static str, &Type)> {
    let Type::Path(path) = ty else { return None };
    let segment = path.path.segments.last()?;
    let name = ["Arc", "Option", "Many", "Lazy", "Factory"].into_iter().find(|name| segment.ident == name)?;
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else { return None };
    match arguments.args.first()? {
        GenericArgument::Type(argument) => Some((name, argument)),
        _ => None,
    }
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
        check("Option<u32>", "Option<u32>", Wanted::One);
    }
}
