//! Sources of the value of a field or an argument.

use syn::{Attribute, FnArg, Type};

use crate::errors::{Code, Errors};
use crate::parse::keys::{Keys, nearest, value};
use crate::parse::{Marks, arguments, take_as};
use crate::words::{INJECT, ON_MEMBERS};

/// Where a member's value comes from.
pub(crate) enum Source {
    Injected { qualifier: Option<Box<Type>> },
    Default,
    Key,
    Arg,
}

/// Where the value of each argument comes from; the attributes that say so are taken off.
pub(super) fn sources(function: &mut syn::Signature, errors: &mut Errors) -> Vec<Source> {
    let arguments = function.inputs.iter_mut();
    let sources = arguments.map(|argument| match argument {
        FnArg::Typed(argument) => source(&mut argument.attrs, errors),
        FnArg::Receiver(_) => Source::Default,
    });
    sources.collect()
}

/// Where the value of a field or an argument comes from.
pub(super) fn source(attrs: &mut Vec<Attribute>, errors: &mut Errors) -> Source {
    misspelt(attrs, errors);
    let marks = Marks::take(attrs, &ON_MEMBERS, errors);
    if marks.has("arg", errors) {
        if let Some(attribute) = marks.get("inject") {
            errors.report(
                attribute,
                Code::DI0012,
                "`#[arg]` is given by the caller, so nothing is injected\n\n  help: remove one of the two",
            );
        }
        return Source::Arg;
    }
    let Some(attribute) = marks.get("inject") else { return Source::Injected { qualifier: None } };
    let mut source = None;
    let Some(tokens) = errors.ok(arguments(attribute, "#[inject(default)]")) else {
        return Source::Default;
    };
    Keys(&INJECT).read(tokens, errors, |key, input, errors| {
        let next = match key.to_string().as_str() {
            "default" => Source::Default,
            "key" => Source::Key,
            _ => Source::Injected { qualifier: Some(Box::new(value(input)?)) },
        };
        if source.is_some() {
            errors.report(key, Code::DI0012, "`default`, `key` and `qualified` exclude each other\n\n  help: keep one");
        }
        source = Some(next);
        Ok(())
    });
    // After an error, no second one about the type follows.
    source.unwrap_or(Source::Default)
}

/// Attributes on a member that are nearly one of ours: an error, and then what was probably meant. The compiler would only
/// say that it cannot find them.
fn misspelt(attrs: &mut [Attribute], errors: &mut Errors) {
    for attribute in attrs {
        let Some(name) = attribute.path().get_ident().map(ToString::to_string) else { continue };
        let known =
            ON_MEMBERS.get(&name).is_some() || ["cfg", "doc", "allow", "warn", "expect"].contains(&name.as_str());
        if let Some(near) = nearest(&name, &["inject"])
            && !known
        {
            errors.report(
                attribute.path(),
                Code::DI0012,
                format_args!(
                    "`#[{name}]` does not exist here\n\n  help: did you mean `#[{near}(..)]`?\n  allowed here: `#[inject(..)]`, `#[arg]`"
                ),
            );
            take_as(attribute, near);
        }
    }
}
