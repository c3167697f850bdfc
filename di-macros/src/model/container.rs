//! What `#[container]` was told: what exists, for how long and under which names.

use proc_macro2::{Ident, TokenStream};
use quote::format_ident;
use syn::{Attribute, Fields, ItemStruct, LitInt, LitStr, Path, Token, Type, Visibility};

use super::dependency::generic;
use super::service::{interfaces, plain};
use crate::errors::Errors;
use crate::parse::keys::{Keys, expected, list, nearest, parentheses, value, word};
use crate::parse::{Marks, arguments, take_as};
use crate::text::text;

/// The attributes that may stand on a field.
const ON_FIELDS: &[&str] =
    &["input", "inherit", "transient", "module", "scope", "many", "qualified", "register", "entry"];

/// A container, ready to be written out.
pub(crate) struct Container {
    pub(crate) krate: TokenStream,
    pub(crate) name: Ident,
    pub(crate) inputs: Ident,
    pub(crate) vis: Visibility,
    /// The attributes that are not the framework's.
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) build: Option<Build>,
    /// The limits that the graph must keep.
    pub(crate) limits: Vec<Limit>,
    /// `dyn I` each: what a module exports.
    pub(crate) exports: Vec<Type>,
    pub(crate) fields: Vec<Field>,
    pub(crate) groups: Vec<Group>,
    pub(crate) absent: Vec<Type>,
    /// What another container needs to derive its own from this one.
    pub(crate) definition: TokenStream,
}

/// A field.
pub(crate) struct Field {
    pub(crate) name: Ident,
    pub(crate) vis: Visibility,
    pub(crate) docs: Vec<Attribute>,
    pub(crate) ty: Type,
    pub(crate) kind: Kind,
    pub(crate) registration: Registration,
    pub(crate) qualifier: Option<Type>,
    pub(crate) group: Option<Membership>,
    pub(crate) entry: bool,
    /// The concrete key still answers, but is on its way out.
    pub(crate) winding_down: Option<Ident>,
    /// Nobody needs it, and that is meant: `#[allow(unused)]`.
    pub(crate) may_be_unused: bool,
    /// Another field before this one has the same type, registration and qualifier.
    pub(crate) repeats: bool,
}

/// A field's place in a group.
pub(crate) struct Membership {
    pub(crate) interface: Type,
    pub(crate) key: Option<LitStr>,
}

/// A group, with the indices of its members.
pub(crate) struct Group {
    pub(crate) interface: Type,
    pub(crate) members: Vec<usize>,
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

/// A limit on a share of the graph.
pub(crate) struct Limit {
    /// `interface_coverage` or `max_coupling`.
    pub(crate) rule: Ident,
    pub(crate) percent: LitInt,
}

/// To what the build is pinned.
pub(crate) struct Build {
    pub(crate) word: Ident,
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
    const WRITTEN: &'static [&'static str] = &["dual", "interface", "concrete"];

    pub(crate) fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(registration, _)| *registration == self).map_or("dual", |(_, word)| word)
    }

    pub(crate) fn of_word(word: &str) -> Self {
        Self::WORDS.iter().find(|(_, own)| *own == word).map_or(Self::Dual, |(registration, _)| *registration)
    }

    pub(crate) fn interface(self) -> bool {
        matches!(self, Self::Dual | Self::Interface)
    }

    pub(crate) fn concrete(self) -> bool {
        matches!(self, Self::Dual | Self::Concrete)
    }
}

/// The arguments of the attribute.
#[derive(Default)]
pub(crate) struct Args {
    exports: Vec<Type>,
    register: Option<Registration>,
    build: Option<Build>,
    limits: Vec<Limit>,
    pub(crate) krate: Option<Path>,
    pub(crate) from: Option<Path>,
    /// The tokens in the parentheses of `replace(..)`.
    pub(crate) replace: Option<TokenStream>,
}

impl Args {
    pub(crate) fn parse(tokens: TokenStream, errors: &mut Errors) -> Self {
        const PLACE: &str = "#[container(..)]";
        let mut args = Self::default();
        let keys = Keys {
            place: PLACE,
            allowed: &[
                "provides",
                "register",
                "build",
                "interface_coverage",
                "max_coupling",
                "from",
                "replace",
                "crate",
            ],
        };
        keys.read(tokens, errors, |key, input, _| {
            match key.to_string().as_str() {
                "provides" => args.exports = interfaces(input)?,
                "register" => {
                    let word = word(input, "register", Registration::WRITTEN)?;
                    args.register = Some(Registration::of_word(&word.to_string()));
                }
                "build" => args.build = Some(Build { word: word(input, "build", &["sync", "infallible"])? }),
                "interface_coverage" | "max_coupling" => {
                    args.limits.push(Limit { rule: key.clone(), percent: percent(input)? });
                }
                "from" => args.from = Some(value(input)?),
                "replace" => args.replace = Some(parentheses(input)?),
                _ => args.krate = Some(value(input)?),
            }
            Ok(())
        });
        args
    }
}

impl Container {
    /// The container of a struct.
    pub(crate) fn of_struct(args: Args, mut item: ItemStruct, definition: TokenStream, errors: &mut Errors) -> Self {
        let marks = Marks::take(&mut item.attrs, &["absent", "empty"], &["absent", "empty"], errors);
        if let Some(parameter) = item.generics.params.first() {
            errors.fatal(
                parameter,
                "[DI0012] a container has no type parameters: its graph is checked where it is declared\n\n  help: write a container for each type, or take what varies as `#[input] name: Arc<dyn I>`\n  see docs/diagnostics/DI0012.md",
            );
        }
        let default = args.register.unwrap_or(Registration::Dual);
        let mut fields = Vec::new();
        match item.fields {
            Fields::Named(named) => {
                for field in named.named {
                    if let Some(name) = field.ident.clone() {
                        fields.push(Field::of(name, field, default, errors));
                    }
                }
            }
            Fields::Unit => {}
            Fields::Unnamed(unnamed) => errors.fatal(
                unnamed,
                "[DI0012] the fields of a container have names\n\n  help: write `name: Service`\n  see docs/diagnostics/DI0012.md",
            ),
        }
        note_repeats(&mut fields);
        let groups = groups(&fields, types_of(&marks, "empty", errors));
        Self {
            krate: super::crate_path(args.krate.as_ref()),
            inputs: format_ident!("{}Inputs", item.ident),
            name: item.ident,
            vis: item.vis,
            attrs: item.attrs,
            build: args.build,
            limits: args.limits,
            exports: args.exports,
            fields,
            groups,
            absent: types_of(&marks, "absent", errors),
            definition,
        }
    }

    /// The number of nodes of the graph: the fields, then the groups.
    pub(crate) fn nodes(&self) -> usize {
        self.fields.len() + self.groups.len()
    }

    pub(crate) fn of_kind(&self, kind: Kind) -> impl DoubleEndedIterator<Item = &Field> {
        self.fields.iter().filter(move |field| field.kind == kind)
    }

    pub(crate) fn has_inputs(&self) -> bool {
        self.of_kind(Kind::Input).next().is_some()
    }
}

impl Field {
    fn of(name: Ident, mut field: syn::Field, default: Registration, errors: &mut Errors) -> Self {
        misspelt(&mut field.attrs, errors);
        let marks = Marks::take(&mut field.attrs, ON_FIELDS, &[], errors);
        let group = marks.get("many").and_then(|attribute| membership(attribute, errors));
        let registered = marks.get("register").map(|mark| registration(mark, errors));
        let default = if group.is_some() { Registration::GroupOnly } else { default };
        Self {
            kind: kind(&marks, errors),
            registration: registered.as_ref().and_then(|registered| registered.registration).unwrap_or(default),
            winding_down: registered.and_then(|registered| registered.winding_down),
            may_be_unused: field.attrs.iter().any(allows_unused),
            qualifier: marks.get("qualified").and_then(|mark| one_type(mark, "#[qualified(Primary)]", errors)),
            group,
            entry: marks.has("entry", errors),
            docs: field.attrs.into_iter().filter(|attribute| attribute.path().is_ident("doc")).collect(),
            name,
            vis: field.vis,
            ty: field.ty,
            repeats: false,
        }
    }

    /// The name without the `r#` of a raw identifier.
    pub(crate) fn plain_name(&self) -> String {
        plain(&self.name)
    }

    /// What an input or an inherited field holds.
    pub(crate) fn shape(&self) -> Shape<'_> {
        match generic(&self.ty) {
            Some(("Arc", key)) => Shape::Arc(key),
            Some(("Many", key)) => Shape::Many(key),
            Some(("Option", inner)) if let Some(("Arc", key)) = generic(inner) => Shape::Optional(key),
            _ => Shape::Value,
        }
    }
}

/// What an input or an inherited field holds.
pub(crate) enum Shape<'a> {
    Arc(&'a Type),
    Many(&'a Type),
    Optional(&'a Type),
    Value,
}

/// A whole number from 0 to 100, after `=`.
fn percent(input: syn::parse::ParseStream<'_>) -> syn::Result<LitInt> {
    let percent: LitInt = value(input)?;
    match percent.base10_parse::<usize>() {
        Ok(0..=100) => Ok(percent),
        _ => Err(expected(percent.span(), "per cent: a whole number from 0 to 100")),
    }
}

fn kind(marks: &Marks, errors: &mut Errors) -> Kind {
    let kinds = ["input", "inherit", "transient", "module", "scope"];
    let mut found: Vec<&str> = Vec::new();
    for kind in kinds {
        if marks.has(kind, errors) {
            if let (Some(first), Some(mark)) = (found.first(), marks.get(kind)) {
                errors.at(
                    mark,
                    format_args!("[DI0012] a field is either `#[{first}]` or `#[{kind}]`\n\n  help: remove one\n  see docs/diagnostics/DI0012.md"),
                );
            }
            found.push(kind);
        }
    }
    found.first().map_or(Kind::Service, |word| Kind::of_word(word))
}

/// `#[many(dyn I)]`, `#[many(dyn I, key = "..")]`
fn membership(attribute: &Attribute, errors: &mut Errors) -> Option<Membership> {
    const EXAMPLE: &str = "#[many(dyn IExchange, key = \"bybit\")]";
    let parser = |input: syn::parse::ParseStream<'_>| {
        let interface: Type = input.parse()?;
        if !matches!(interface, Type::TraitObject(_)) {
            return Err(expected(
                syn::spanned::Spanned::span(&interface),
                &format!("an interface: `dyn {}`", text(&interface)),
            ));
        }
        let mut key = None;
        if input.parse::<Option<Token![,]>>()?.is_some() && !input.is_empty() {
            let word: Ident = input.parse()?;
            if word != "key" {
                return Err(expected(word.span(), &format!("`key = \"..\"`, as in `{EXAMPLE}`")));
            }
            key = Some(value(input)?);
        }
        Ok(Membership { interface, key })
    };
    let tokens = errors.ok(arguments(attribute, EXAMPLE))?;
    errors.ok(syn::parse::Parser::parse2(parser, tokens))
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
    let keys = Keys { place: "#[register(..)]", allowed: &["dual", "interface", "concrete", "deprecated"] };
    keys.read(tokens, errors, |key, _, errors| {
        if key == "deprecated" {
            found.winding_down = Some(key.clone());
            return Ok(());
        }
        if found.registration.is_some() {
            errors.at(
                key,
                format_args!(
                    "[DI0012] a field has one registration: {}\n  see docs/diagnostics/DI0012.md",
                    list(Registration::WRITTEN)
                ),
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

fn one_type(attribute: &Attribute, example: &str, errors: &mut Errors) -> Option<Type> {
    let tokens = errors.ok(arguments(attribute, example))?;
    errors.ok(syn::parse2(tokens))
}

fn types_of(marks: &Marks, name: &str, errors: &mut Errors) -> Vec<Type> {
    let example = format!("#[{name}(dyn I)]");
    marks.all(name).filter_map(|mark| one_type(mark, &example, errors)).collect()
}

/// Groups in the order of their first member; then those that are declared empty.
fn groups(fields: &[Field], empty: Vec<Type>) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for (index, field) in fields.iter().enumerate() {
        let Some(membership) = &field.group else { continue };
        let name = text(&membership.interface);
        match groups.iter_mut().find(|group| text(&group.interface) == name) {
            Some(group) => group.members.push(index),
            None => groups.push(Group { interface: membership.interface.clone(), members: vec![index] }),
        }
    }
    groups.extend(empty.into_iter().map(|interface| Group { interface, members: Vec::new() }));
    groups
}

fn note_repeats(fields: &mut [Field]) {
    let sign = |field: &Field| {
        let qualifier = field.qualifier.as_ref().map(text);
        (text(&field.ty), qualifier, field.registration.word())
    };
    let mut seen = Vec::new();
    for field in fields {
        let own = sign(field);
        field.repeats = seen.contains(&own);
        seen.push(own);
    }
}

/// Attributes on a field that are not ours: an error, and then what was probably meant.
fn misspelt(attrs: &mut Vec<Attribute>, errors: &mut Errors) {
    const OTHERS: &[&str] = &["doc", "cfg", "cfg_attr", "allow", "warn", "expect", "deny"];
    attrs.retain_mut(|attribute| {
        let Some(name) = attribute.path().get_ident().map(ToString::to_string) else { return true };
        if ON_FIELDS.contains(&name.as_str()) || OTHERS.contains(&name.as_str()) {
            return true;
        }
        let near = nearest(&name, ON_FIELDS);
        let mut message = format!("[DI0012] `#[{name}]` does not exist on a container's field\n");
        if let Some(near) = near {
            message += &format!("\n  help: did you mean `#[{near}]`?");
        }
        errors.at(
            attribute.path(),
            format_args!("{message}\n  allowed here: {}\n  see docs/diagnostics/DI0012.md", list(ON_FIELDS)),
        );
        near.is_some_and(|near| take_as(attribute, near))
    });
}
