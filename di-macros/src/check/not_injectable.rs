//! The words of DI0001 for a type that cannot be injected, and what is asked for in its place.
//!
//! Whether it can is a question for the compiler: an alias of an `Arc` is one. How it is written tells what was meant.

use syn::{GenericArgument, PathArguments, Type};

use crate::errors::Code;
use crate::model::dependency::generic;
use crate::text::{escaped, text};

/// A message, and the way out.
pub(crate) struct Words {
    pub(crate) message: String,
    pub(crate) help: String,
}

/// What the compiler says of a dependency of that type.
pub(crate) fn words(ty: &Type) -> Words {
    let written = text(ty);
    let help = match instead(ty) {
        Some(form) => format!("ask for {form}"),
        None => {
            format!(
                "ask for `Arc<{written}>`, or say where the value comes from: `#[inject(default)]`, `#[inject(key)]` or `#[arg]`"
            )
        }
    };
    Words {
        message: escaped(&Code::DI0001.headline(format_args!("`{written}` cannot be injected"))),
        help: escaped(&help),
    }
}

/// What stands inside of all pointers and collections of a type; the type itself where there are none.
pub(crate) fn key_in(held: &Type) -> &Type {
    inner_of(held).unwrap_or(held)
}

/// The form in which what a pointer or a collection holds can be asked for.
fn instead(ty: &Type) -> Option<String> {
    let inner = text(inner_of(ty)?);
    let is_interface = inner.starts_with("dyn ");
    let is_asked_for_so =
        inner_of(ty).and_then(generic).is_some_and(|(name, _)| ["Lazy", "Many", "Factory"].contains(&name));
    Some(match outer(ty) {
        _ if is_asked_for_so => format!("`{inner}`"),
        "Option" => format!("`Option<Arc<{inner}>>`"),
        "Weak" => format!("`Lazy<{inner}>`"),
        "Vec" | "[]" if is_interface => format!("`Many<{inner}>`"),
        "Vec" | "[]" => format!("`Arc<{}>`, or for a group of an interface: `Many<dyn ..>`", text(ty)),
        _ => format!("`Arc<{inner}>`"),
    })
}

/// The name of what stands around: a pointer, or a collection.
fn outer(ty: &Type) -> &'static str {
    match ty {
        Type::Reference(_) => "&",
        Type::Slice(_) | Type::Array(_) => "[]",
        Type::Path(path) => {
            let last = path.path.segments.last();
            let known = ["Box", "Rc", "Arc", "Weak", "Option", "Vec"];
            known.into_iter().find(|name| last.is_some_and(|segment| segment.ident == name)).unwrap_or("")
        }
        _ => "",
    }
}

/// What stands inside of all pointers and collections; nothing where there are none.
fn inner_of(ty: &Type) -> Option<&Type> {
    let held = match ty {
        Type::Reference(reference) => &*reference.elem,
        Type::Slice(slice) => &*slice.elem,
        Type::Array(array) => &*array.elem,
        Type::Path(path) if !outer(ty).is_empty() => match &path.path.segments.last()?.arguments {
            PathArguments::AngleBracketed(arguments) => match arguments.args.first()? {
                GenericArgument::Type(held) => held,
                _ => return None,
            },
            _ => return None,
        },
        _ => return None,
    };
    Some(inner_of(held).unwrap_or(held))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(ty: &str, help: &str) {
        let ty = syn::parse_str(ty).expect(ty);
        assert_eq!(words(&ty).help, format!("ask for {help}"));
    }

    #[test]
    fn what_is_held_is_asked_for_in_an_arc() {
        check("Box<dyn IClock>", "`Arc<dyn IClock>`");
        check("std::rc::Rc<Clock>", "`Arc<Clock>`");
        check("&'static Clock", "`Arc<Clock>`");
        check("Rc<Box<dyn IClock>>", "`Arc<dyn IClock>`");
    }

    #[test]
    fn several_are_a_group() {
        check("Vec<Arc<dyn IClock>>", "`Many<dyn IClock>`");
        check("[Box<dyn IClock>; 2]", "`Many<dyn IClock>`");
        check("Vec<Arc<u32>>", "`Arc<Vec<Arc<u32>>>`, or for a group of an interface: `Many<dyn ..>`");
    }

    #[test]
    fn what_may_be_missing_or_come_later_has_its_own_form() {
        check("Option<u32>", "`Option<Arc<u32>>`");
        check("Option<Box<dyn IClock>>", "`Option<Arc<dyn IClock>>`");
        check("Option<di_core::dependency::Lazy<Clock>>", "`di_core::dependency::Lazy<Clock>`");
        check("Weak<dyn IClock>", "`Lazy<dyn IClock>`");
    }

    #[test]
    fn a_value_is_given_by_somebody() {
        let ty = syn::parse_str("Mutex<u8>").expect("a type");
        assert!(words(&ty).help.starts_with("ask for `Arc<Mutex<u8>>`, or say where"));
    }
}
