//! One field of a container: what it is, under which keys it answers, and in which group it stands.

use proc_macro2::{Ident, Span};
use syn::{Attribute, Expr, ExprLit, Lit, Token, Type, Visibility, parse_quote};

use super::dependency::generic;
use super::service::plain;
use super::spelt_out;
use crate::errors::{Code, Errors};
use crate::parse::keys::{Keys, expected, list, nearest, value};
use crate::parse::{Marks, arguments, take_as};
use crate::text::text;
use crate::words::{self, ON_FIELDS};

/// A field.
pub(crate) struct Field {
    pub(crate) name: Ident,
    pub(crate) vis: Visibility,
    pub(crate) docs: Vec<Attribute>,
    /// The service; of what a function provides, the function.
    pub(crate) ty: Type,
    /// What the function provides.
    pub(crate) product: Option<Type>,
    pub(crate) kind: Kind,
    pub(crate) registration: Registration,
    /// `#[register(..)]` on the field itself says so.
    pub(crate) is_registered_itself: bool,
    pub(crate) qualifier: Option<Type>,
    pub(crate) group: Option<Membership>,
    pub(crate) entry: bool,
    /// The concrete key still answers, but is on its way out.
    pub(crate) winding_down: Option<Ident>,
    /// What stood here in the container from which this one was made.
    pub(crate) replaces: Option<Type>,
    /// Nobody needs it, and that is meant: `#[allow(unused)]`.
    pub(crate) may_be_unused: bool,
}

/// A field's place in a group.
pub(crate) struct Membership {
    pub(crate) interface: Type,
    /// A constant expression.
    pub(crate) key: Option<Expr>,
}

impl Membership {
    /// The key as a text, if it is written as one; what another constant says, only the compiler knows.
    pub(crate) fn literal(&self) -> Option<String> {
        match self.key.as_ref()? {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
            // What a `macro_rules` passes on stands in an invisible group.
            Expr::Group(group) => match &*group.expr {
                Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
                _ => None,
            },
            _ => None,
        }
    }
}

/// What a field is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Service,
    Transient,
    Input,
    Inherit,
    Module,
    Scope,
}

/// Which keys a field answers.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Registration {
    Dual,
    Interface,
    Concrete,
    GroupOnly,
}

impl Kind {
    const WORDS: [(Self, &'static str); 6] = [
        (Self::Service, "service"),
        (Self::Transient, "transient"),
        (Self::Input, "input"),
        (Self::Inherit, "inherit"),
        (Self::Module, "module"),
        (Self::Scope, "scope"),
    ];

    pub(crate) fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(kind, _)| *kind == self).map_or("service", |(_, word)| word)
    }

    pub(crate) fn of_word(word: &str) -> Self {
        Self::WORDS.iter().find(|(_, own)| *own == word).map_or(Self::Service, |(kind, _)| *kind)
    }
}

impl Registration {
    const WORDS: [(Self, &'static str); 4] = [
        (Self::Dual, "dual"),
        (Self::Interface, "interface"),
        (Self::Concrete, "concrete"),
        (Self::GroupOnly, "group"),
    ];

    pub(crate) fn of_word(word: &str) -> Self {
        Self::WORDS.iter().find(|(_, own)| *own == word).map_or(Self::Dual, |(registration, _)| *registration)
    }
}

impl Field {
    pub(super) fn of(name: Ident, mut field: syn::Field, default: Registration, errors: &mut Errors) -> Self {
        let replaces = take_replaced(&mut field.attrs);
        misspelt(&mut field.attrs, errors);
        let marks = Marks::take(&mut field.attrs, &ON_FIELDS, errors);
        let group = marks.get("many").and_then(|attribute| membership(attribute, errors));
        let registered = marks.get("register").map(|mark| registration(mark, errors));
        let kind = kind(&marks, errors);
        let (ty, product) = match marks.get("provide").and_then(|mark| provider(mark, kind, errors)) {
            Some(function) => (function, Some(spelt_out(field.ty))),
            None => (spelt_out(field.ty), None),
        };
        let default = if group.is_some() { Registration::GroupOnly } else { default };
        Self {
            kind,
            is_registered_itself: registered.as_ref().is_some_and(|registered| registered.registration.is_some()),
            replaces,
            registration: registered.as_ref().and_then(|registered| registered.registration).unwrap_or(default),
            winding_down: registered.and_then(|registered| registered.winding_down),
            may_be_unused: field.attrs.iter().any(allows_unused),
            qualifier: marks.get("qualified").and_then(|mark| one_type(mark, "#[qualified(Primary)]", errors)),
            group,
            entry: marks.has("entry", errors),
            docs: field.attrs.into_iter().filter(|attribute| attribute.path().is_ident("doc")).collect(),
            name,
            vis: field.vis,
            ty,
            product,
        }
    }

    /// The name without the `r#` of a raw identifier.
    pub(crate) fn plain_name(&self) -> String {
        plain(&self.name)
    }

    /// The type of what the field has: the service's own, or that of what a function provides.
    pub(crate) fn provided(&self) -> &Type {
        self.product.as_ref().unwrap_or(&self.ty)
    }

    /// What an input or an inherited field holds.
    pub(crate) fn shape(&self) -> Shape<'_> {
        match generic(&self.ty) {
            Some(("Arc", key)) => Shape::Arc(key),
            Some(("Many", key)) => Shape::Many(key),
            Some(("Option", inner)) => match generic(inner) {
                Some(("Arc", key)) => Shape::Optional(key),
                _ => Shape::Value,
            },
            _ => Shape::Value,
        }
    }
}

/// The attribute with which an override keeps the type that it replaces.
const REPLACES: &str = "__replaces";

/// Keeps the type that is replaced; of an override of an override, the last one.
pub(crate) fn replace(field: &mut syn::Field, ty: Type) {
    let replaced = std::mem::replace(&mut field.ty, ty);
    field.attrs.retain(|attribute| !attribute.path().is_ident(REPLACES));
    let name = Ident::new(REPLACES, Span::call_site());
    field.attrs.push(parse_quote!(#[#name(#replaced)]));
}

fn take_replaced(attrs: &mut Vec<Attribute>) -> Option<Type> {
    let position = attrs.iter().position(|attribute| attribute.path().is_ident(REPLACES))?;
    attrs.remove(position).parse_args().ok()
}

/// What an input or an inherited field holds.
pub(crate) enum Shape<'a> {
    Arc(&'a Type),
    Many(&'a Type),
    Optional(&'a Type),
    Value,
}

fn kind(marks: &Marks, errors: &mut Errors) -> Kind {
    let kinds = ["input", "inherit", "transient", "module", "scope"];
    if marks.is_empty() {
        return Kind::Service;
    }
    let mut found: Vec<&str> = Vec::new();
    for kind in kinds {
        if marks.has(kind, errors) {
            if let (Some(first), Some(mark)) = (found.first(), marks.get(kind)) {
                errors.report(
                    mark,
                    Code::DI0012,
                    format_args!("a field is either `#[{first}]` or `#[{kind}]`\n\n  help: remove one"),
                );
            }
            found.push(kind);
        }
    }
    found.first().map_or(Kind::Service, |word| Kind::of_word(word))
}

/// `#[provide(function)]`
fn provider(mark: &Attribute, kind: Kind, errors: &mut Errors) -> Option<Type> {
    if !matches!(kind, Kind::Service | Kind::Transient) {
        errors.report(
            mark,
            Code::DI0012,
            format_args!(
                "`#[provide(..)]` names the function that makes the field, and `#[{}]` needs none\n\n  help: remove one of the two",
                kind.word()
            ),
        );
        return None;
    }
    one_type(mark, "#[provide(function)]", errors)
}

/// `#[many(dyn I)]`, `#[many(dyn I, key = "..")]`
fn membership(attribute: &Attribute, errors: &mut Errors) -> Option<Membership> {
    const EXAMPLE: &str = "#[many(dyn IExchange, key = \"bybit\")]";
    let mut interface = None;
    let mut key = None;
    let parser = |input: syn::parse::ParseStream<'_>| {
        let written = spelt_out(input.parse()?);
        if !matches!(written, Type::TraitObject(_)) {
            return Err(expected(
                syn::spanned::Spanned::span(&written),
                &format!("an interface: `dyn {}`", text(&written)),
            ));
        }
        interface = Some(written);
        if input.parse::<Option<Token![,]>>()?.is_some() && !input.is_empty() {
            let word: Ident = input.parse()?;
            if word != "key" {
                return Err(expected(word.span(), &format!("`key = \"..\"`, as in `{EXAMPLE}`")));
            }
            let expression: Expr = value(input)?;
            if !matches!(&expression, Expr::Lit(ExprLit { lit, .. }) if !matches!(lit, Lit::Str(_))) {
                key = Some(expression);
            } else {
                return Err(expected(
                    syn::spanned::Spanned::span(&expression),
                    &format!("a text, or a constant that is one: `{EXAMPLE}`"),
                ));
            }
        }
        Ok(())
    };
    let tokens = errors.ok(arguments(attribute, EXAMPLE))?;
    // After an error about the key, the field is a member all the same.
    errors.ok(syn::parse::Parser::parse2(parser, tokens));
    interface.map(|interface| Membership { interface, key })
}

/// What `#[register(..)]` says.
#[derive(Default)]
struct Registered {
    registration: Option<Registration>,
    winding_down: Option<Ident>,
}

fn registration(attribute: &Attribute, errors: &mut Errors) -> Registered {
    let mut found = Registered::default();
    let Some(tokens) = errors.ok(arguments(attribute, "#[register(concrete)]")) else { return found };
    Keys(&words::REGISTER).read(tokens, errors, |key, _, errors| {
        if key == "deprecated" {
            found.winding_down = Some(key.clone());
            return Ok(());
        }
        if found.registration.is_some() {
            errors.report(
                key,
                Code::DI0012,
                format_args!("a field has one registration: {}", list(&words::REGISTRATION)),
            );
        }
        found.registration = Some(Registration::of_word(&key.to_string()));
        Ok(())
    });
    found
}

/// `#[allow(unused)]`, `#[expect(unused, reason = "..")]`
fn allows_unused(attribute: &Attribute) -> bool {
    ["allow", "expect"].iter().any(|name| attribute.path().is_ident(name))
        && matches!(&attribute.meta, syn::Meta::List(list) if text(&list.tokens).contains("unused"))
}

pub(super) fn one_type(attribute: &Attribute, example: &str, errors: &mut Errors) -> Option<Type> {
    let tokens = errors.ok(arguments(attribute, example))?;
    errors.ok(syn::parse2(tokens)).map(spelt_out)
}

/// Attributes on a field that are not ours: an error, and then what was probably meant.
fn misspelt(attrs: &mut Vec<Attribute>, errors: &mut Errors) {
    const OTHERS: &[&str] = &["doc", "cfg", "cfg_attr", "allow", "warn", "expect", "deny"];
    attrs.retain_mut(|attribute| {
        let Some(name) = attribute.path().get_ident().map(ToString::to_string) else { return true };
        if ON_FIELDS.get(&name).is_some() || OTHERS.contains(&name.as_str()) {
            return true;
        }
        let near = nearest(&name, &ON_FIELDS.names());
        let mut message = format!("`#[{name}]` does not exist on a container's field\n");
        if let Some(near) = near {
            message += &format!("\n  help: did you mean `#[{near}]`?");
        }
        message += &format!("\n  allowed here: {}", list(&ON_FIELDS));
        errors.report(attribute.path(), Code::DI0012, message);
        near.is_some_and(|near| take_as(attribute, near))
    });
}
