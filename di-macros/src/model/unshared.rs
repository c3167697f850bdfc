//! Types of the standard library that threads cannot share, by their names.

use syn::{GenericArgument, Path, PathArguments, Type};

/// A type of the standard library that threads cannot share.
pub(crate) struct Unshared<'a> {
    pub(crate) held: &'a Type,
    /// The type that is shared in its place.
    pub(crate) instead: &'static str,
}

/// Whether a type is one that threads cannot share, as its name tells. A type of another crate that has such a name is told
/// from it by its path: `own::Rc<T>` is not meant.
pub(crate) fn unshared(ty: &Type) -> Option<Unshared<'_>> {
    let Type::Path(path) = ty else { return None };
    let mut segments = path.path.segments.iter().rev();
    let last = segments.next()?;
    let name = last.ident.to_string();
    if !["Rc", "RefCell", "Cell", "UnsafeCell", "OnceCell"].contains(&name.as_str()) {
        return None;
    }
    let module = segments.next().map(|segment| segment.ident.to_string());
    // `crate::cell::Cell<T>` is another one.
    if module.is_some() && path.path.segments.len() > 2 && !is_of_std(&path.path) {
        return None;
    }
    let (held, instead) = match (name.as_str(), module.as_deref()) {
        ("Rc", None | Some("rc")) => (argument(last)?, "Arc"),
        ("RefCell" | "Cell" | "UnsafeCell", None | Some("cell")) => (argument(last)?, "Mutex"),
        // Without its path it may be one that threads share: tokio has it, too.
        ("OnceCell", Some("cell")) => (argument(last)?, "OnceLock"),
        _ => return None,
    };
    Some(Unshared { held, instead })
}

/// The second way out, where a name may mean another type than that of the standard library.
pub(crate) fn or_another_of_that_name(ty: &Type) -> &'static str {
    match ty {
        Type::Path(path) if path.path.segments.len() > 1 && is_of_std(&path.path) => "",
        _ => "\n  help: or if it is another type of that name, write its path",
    }
}

/// Whether a path begins in the standard library.
fn is_of_std(path: &Path) -> bool {
    let first = path.segments.first().map(|segment| segment.ident.to_string());
    matches!(first.as_deref(), Some("std" | "core" | "alloc"))
}

fn argument(segment: &syn::PathSegment) -> Option<&Type> {
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else { return None };
    match arguments.args.first()? {
        GenericArgument::Type(held) => Some(held),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::text;

    #[test]
    fn what_threads_cannot_share_is_told_by_its_name_and_its_path() {
        let instead = |ty: &str| {
            let ty: Type = syn::parse_str(ty).expect(ty);
            unshared(&ty).map(|unshared| format!("{}<{}>", unshared.instead, text(unshared.held)))
        };
        for (ty, expected) in [
            ("Rc<Clock>", Some("Arc<Clock>")),
            ("std::rc::Rc<Clock>", Some("Arc<Clock>")),
            ("own::Rc<Clock>", None),
            ("RefCell<Vec<u8>>", Some("Mutex<Vec<u8>>")),
            ("core::cell::Cell<u8>", Some("Mutex<u8>")),
            ("std::cell::OnceCell<u8>", Some("OnceLock<u8>")),
            ("OnceCell<u8>", None),
            // Of a spreadsheet, or of a prison.
            ("Cell", None),
            ("grid::Cell<u8>", None),
            ("crate::cell::Cell<u8>", None),
            ("cell::Cell<u8>", Some("Mutex<u8>")),
            ("Mutex<RefCell<u8>>", None),
        ] {
            assert_eq!(instead(ty).as_deref(), expected, "{ty}");
        }
    }
}
