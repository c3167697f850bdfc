//! A container as its attribute describes it: what exists, for how long and under which names.

use proc_macro2::{Ident, TokenStream};
use quote::format_ident;
use syn::{Attribute, Fields, ItemStruct, LitInt, Path, Type, TypeParamBound, TypePath, Visibility};

use super::listed::{Field, Kind, Registration, Shape, one_type};
use super::mode::Mode;
use super::service_args::interfaces;
use crate::errors::{Code, Errors};
use crate::parse::Marks;
use crate::parse::keys::{Keys, expected, parentheses, value, word};
use crate::text::{of_type, text};
use crate::words;

/// A container, ready to be written out.
pub(crate) struct Container {
    pub(crate) krate: TokenStream,
    /// Whether that path is not `::di_core`.
    pub(crate) is_renamed: bool,
    pub(crate) name: Ident,
    pub(crate) inputs: Ident,
    pub(crate) vis: Visibility,
    /// The attributes that are not the framework's.
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) build: Option<Build>,
    /// The limits that the graph must keep.
    pub(crate) limits: Vec<Limit>,
    /// What a module exports: `dyn I` each, or the type of one of its fields.
    pub(crate) exports: Vec<Type>,
    pub(crate) fields: Vec<Field>,
    pub(crate) groups: Vec<Group>,
    pub(crate) absent: Vec<Type>,
    /// How fields are registered that say nothing themselves.
    pub(crate) registration: Registration,
    /// What another container needs to derive its own from this one.
    pub(crate) definition: TokenStream,
}

/// A group, with the indices of its members.
pub(crate) struct Group {
    pub(crate) interface: Type,
    pub(crate) members: Vec<usize>,
}

/// A limit on a share of the graph.
pub(crate) struct Limit {
    /// `interface_coverage` or `max_coupling`.
    pub(crate) rule: Ident,
    pub(crate) percent: LitInt,
}

/// How the build is declared to be.
pub(crate) struct Build {
    pub(crate) word: Ident,
    /// Otherwise it is an error already, and whoever lists the container reads that nothing is declared.
    pub(crate) is_known: bool,
}

impl Build {
    pub(crate) fn mode(&self) -> Mode {
        Mode::of_word(&self.word)
    }
}

/// The arguments of the attribute.
#[derive(Default)]
pub(crate) struct Args {
    exports: Vec<Type>,
    register: Option<Registration>,
    pub(crate) build: Option<Build>,
    limits: Vec<Limit>,
    pub(crate) krate: Option<Path>,
    pub(crate) from: Option<Path>,
    /// The keys that an override cannot have, as it takes over what its original says.
    pub(crate) taken_over: Vec<Ident>,
    /// The tokens in the parentheses of `replace(..)`.
    pub(crate) replace: Option<TokenStream>,
}

impl Args {
    pub(crate) fn parse(tokens: TokenStream, errors: &mut Errors) -> Self {
        let mut args = Self::default();
        Keys(&words::CONTAINER).read(tokens, errors, |key, input, _| {
            let name = key.to_string();
            if ["provides", "register", "interface_coverage", "max_coupling"].contains(&name.as_str()) {
                args.taken_over.push(key.clone());
            }
            match name.as_str() {
                "provides" => args.exports = interfaces(input)?,
                "register" => {
                    let word = word(input, &words::REGISTRATION)?;
                    args.register = Some(Registration::of_word(&word.to_string()));
                }
                "build" => {
                    args.build = Some(Build { word: key.clone(), is_known: false });
                    args.build = Some(Build { word: word(input, &words::BUILD)?, is_known: true });
                }
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
        let marks = Marks::take_all(&mut item.attrs, &words::ON_CONTAINERS);
        if let Some(parameter) = item.generics.params.first() {
            errors.report_fatal(
                parameter,
                Code::DI0012,
                "a container has no type parameters: its graph is checked where it is declared\n\n  help: write a container for each type, or take what varies as `#[input] name: Arc<dyn I>`",
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
            Fields::Unnamed(unnamed) => errors.report_fatal(
                unnamed,
                Code::DI0012,
                "the fields of a container have names\n\n  help: write `name: Service`",
            ),
        }
        let groups = groups(&fields, types_of(&marks, "empty", errors));
        let exports = concrete(&fields, args.exports);
        Self {
            krate: super::crate_path(args.krate.as_ref()),
            is_renamed: args.krate.is_some(),
            inputs: format_ident!("{}Inputs", item.ident),
            name: item.ident,
            vis: item.vis,
            attrs: item.attrs,
            build: args.build,
            limits: args.limits,
            exports,
            fields,
            groups,
            absent: types_of(&marks, "absent", errors),
            registration: default,
            definition,
        }
    }

    /// `#[allow(..)]` on the struct: it holds for all that is made of its fields.
    pub(crate) fn allowed(&self) -> impl Iterator<Item = &Attribute> {
        self.attrs.iter().filter(|attribute| attribute.path().is_ident("allow"))
    }

    pub(crate) fn of_kind(&self, kind: Kind) -> impl DoubleEndedIterator<Item = &Field> {
        self.fields.iter().filter(move |field| field.kind == kind)
    }

    pub(crate) fn has_inputs(&self) -> bool {
        self.of_kind(Kind::Input).next().is_some()
    }
}

/// What is written as an interface, as the type of that name.
pub(crate) fn without_dyn(export: &Type) -> Option<Type> {
    let Type::TraitObject(object) = export else { return None };
    let mut bounds = object.bounds.iter();
    let (Some(TypeParamBound::Trait(bound)), None) = (bounds.next(), bounds.next()) else { return None };
    if bound.lifetimes.is_some() || bound.paren_token.is_some() {
        return None;
    }
    Some(Type::Path(TypePath { attrs: Vec::new(), qself: None, path: bound.path.clone() }))
}

/// Exports as concrete types where fields have them: a type and an interface of one name would not both be in scope.
fn concrete(fields: &[Field], exports: Vec<Type>) -> Vec<Type> {
    if exports.is_empty() {
        return exports;
    }
    let kept = fields.iter().filter(|field| matches!(field.kind, Kind::Service | Kind::Input | Kind::Inherit));
    let types = kept.filter_map(|field| match field.shape() {
        Shape::Arc(Type::TraitObject(_)) | Shape::Many(_) | Shape::Optional(_) => None,
        Shape::Arc(key) => Some(of_type(key)),
        Shape::Value => Some(of_type(field.provided())),
    });
    // To sort them costs less than to hash them, in a macro, which is not optimised.
    let mut types: Vec<String> = types.collect();
    types.sort_unstable();
    let of_field = |export: Type| {
        let interface = of_type(&export);
        match interface.strip_prefix("dyn ").map(|name| types.binary_search_by(|ty| ty.as_str().cmp(name))) {
            Some(Ok(_)) => without_dyn(&export).unwrap_or(export),
            _ => export,
        }
    };
    exports.into_iter().map(of_field).collect()
}

/// A whole number from 0 to 100, after `=`.
fn percent(input: syn::parse::ParseStream<'_>) -> syn::Result<LitInt> {
    let percent: LitInt = value(input)?;
    match percent.base10_parse::<usize>() {
        Ok(0..=100) => Ok(percent),
        _ => Err(expected(percent.span(), "per cent: a whole number from 0 to 100")),
    }
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
