//! The arguments of `#[service(..)]`.

use proc_macro2::{Ident, Span, TokenStream};
use syn::punctuated::Punctuated;
use syn::{LitStr, Path, Token, Type, TypeTraitObject};

use super::spelt_out;
use crate::errors::{Code, Errors};
use crate::parse::keys::{Keys, expected, parentheses, value, word};
use crate::parse::object;
use crate::text::text;
use crate::words;

/// The arguments of the attribute.
#[derive(Default)]
pub(crate) struct Args {
    pub(super) provides: Vec<Type>,
    pub(super) close: Option<Hook>,
    pub(super) lifecycle: Option<Life>,
    pub(super) health: Option<Check>,
    pub(super) post_construct: Option<Path>,
    pub(super) winding_down: Option<Ident>,
    pub(crate) krate: Option<Path>,
}

impl Args {
    pub(crate) fn parse(tokens: TokenStream, errors: &mut Errors) -> Self {
        let mut args = Self::default();
        Keys(&words::SERVICE).read(tokens, errors, |key, input, errors| {
            match key.to_string().as_str() {
                "provides" => args.provides = interfaces(input)?,
                "lifecycle" => args.lifecycle = Some(lifecycle(key, input, errors)?),
                "health" => args.health = Some(health(key, input, errors)?),
                "close" => {
                    let by = if input.peek(Token![=]) { Some(value(input)?) } else { None };
                    args.close = Some(Hook { key: key.clone(), by });
                }
                "concrete" => args.winding_down = Some(word(input, &words::CONCRETE)?),
                "post_construct" => args.post_construct = Some(value(input)?),
                _ => args.krate = Some(value(input)?),
            }
            Ok(())
        });
        args
    }
}

/// `lifecycle`, `lifecycle(start = "5s", stop = "500ms")`
fn lifecycle(key: &Ident, input: syn::parse::ParseStream<'_>, errors: &mut Errors) -> syn::Result<Life> {
    let mut life = Life { key: key.clone(), start_ms: None, stop_ms: None };
    needs_feature(key, cfg!(feature = "lifecycle"), errors);
    if input.peek(syn::token::Paren) {
        Keys(&words::LIFECYCLE).read(parentheses(input)?, errors, |hook, input, _| {
            let budget = Some(duration_ms(&value(input)?)?);
            let place = if hook == "start" { &mut life.start_ms } else { &mut life.stop_ms };
            *place = budget;
            Ok(())
        });
    }
    Ok(life)
}

/// `health`, `health(external, timeout = "1s")`
fn health(key: &Ident, input: syn::parse::ParseStream<'_>, errors: &mut Errors) -> syn::Result<Check> {
    let mut check = Check { key: key.clone(), is_external: false, timeout_ms: None };
    needs_feature(key, cfg!(feature = "health"), errors);
    if input.peek(syn::token::Paren) {
        Keys(&words::HEALTH).read(parentheses(input)?, errors, |word, input, _| {
            if word == "external" {
                check.is_external = true;
            } else {
                check.timeout_ms = Some(duration_ms(&value(input)?)?);
            }
            Ok(())
        });
    }
    Ok(check)
}

/// A key that stands for a feature of `di-core`, which may be off.
fn needs_feature(key: &Ident, is_on: bool, errors: &mut Errors) {
    if !is_on {
        errors.report(
            key,
            Code::DI0012,
            format_args!(
                "`{key}` needs the feature of that name\n\n  help: di-core = {{ version = \"..\", features = [\"{key}\"] }}"
            ),
        );
    }
}

/// `"5s"`, `"250ms"`, `"2m"` in milliseconds.
fn duration_ms(text: &LitStr) -> syn::Result<u64> {
    let written = text.value();
    let (number, unit) = written.split_at(written.find(|c: char| !c.is_ascii_digit()).unwrap_or(written.len()));
    let factor = match unit {
        "ms" => Some(1),
        "s" => Some(1_000),
        "m" => Some(60_000),
        _ => None,
    };
    let duration = number.parse::<u64>().ok().zip(factor).and_then(|(number, factor)| number.checked_mul(factor));
    duration.ok_or_else(|| expected(text.span(), "a duration: `\"250ms\"`, `\"5s\"` or `\"2m\"`"))
}

/// `= IA` or `= [IA, IB]`, each as `dyn I`.
pub(crate) fn interfaces(input: syn::parse::ParseStream<'_>) -> syn::Result<Vec<Type>> {
    input.parse::<Token![=]>()?;
    let written: Vec<Type> = if input.peek(syn::token::Bracket) {
        let content;
        syn::bracketed!(content in input);
        Punctuated::<Type, Token![,]>::parse_terminated_with(&content, crate::parse::ty)?.into_iter().collect()
    } else {
        vec![crate::parse::ty(input)?]
    };
    written.into_iter().map(interface).collect()
}

fn interface(ty: Type) -> syn::Result<Type> {
    match spelt_out(ty) {
        Type::Path(path) if path.qself.is_none() => match group_of(&path.path) {
            Some(group) => Err(Code::DI0012.error_at(
                &path,
                format_args!(
                    "`provides` lists interfaces, and `Many<{group}>` is a group\n\n  help: a module is a member of the group around it with all of its own: `#[module] #[many({group})] name: Module`"
                ),
            )),
            None => Ok(Type::TraitObject(object(Token![dyn](Span::call_site()), path.path))),
        },
        // `I + Send` and `for<'a> I<'a>` are objects that lack their `dyn`.
        Type::TraitObject(object) => {
            let dyn_token = object.dyn_token.or(Some(Token![dyn](Span::call_site())));
            Ok(Type::TraitObject(TypeTraitObject { dyn_token, ..object }))
        }
        other => Err(expected(syn::spanned::Spanned::span(&other), "an interface: the name of a trait")),
    }
}

/// The interface of `Many<dyn I>`.
fn group_of(path: &Path) -> Option<String> {
    let segment = path.segments.last().filter(|segment| segment.ident == "Many")?;
    let syn::PathArguments::AngleBracketed(arguments) = &segment.arguments else { return None };
    match arguments.args.first()? {
        syn::GenericArgument::Type(interface @ Type::TraitObject(_)) => Some(text(interface)),
        _ => None,
    }
}

/// A key that stands for a trait that the service implements, or for a function that does what the trait would.
pub(crate) struct Hook {
    pub(crate) key: Ident,
    pub(crate) by: Option<Path>,
}

/// A service with a life beyond its construction, and the budgets of its hooks in milliseconds.
pub(crate) struct Life {
    pub(crate) key: Ident,
    pub(crate) start_ms: Option<u64>,
    pub(crate) stop_ms: Option<u64>,
}

/// A service that can be asked how it is, and how: in milliseconds.
pub(crate) struct Check {
    pub(crate) key: Ident,
    /// It asks the outside world.
    pub(crate) is_external: bool,
    pub(crate) timeout_ms: Option<u64>,
}
