//! A service as its attribute describes it: the type, its interfaces, its members and how it is made.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use syn::{
    Attribute, FnArg, Generics, ImplItem, ItemImpl, ItemStruct, Pat, Path, ReturnType, Signature, Type, Visibility,
};

use super::constructor::{is_generic, is_safe, is_self, looks_like_one, no_constructor};
use super::dependency::{Wanted, wanted};
use super::provider::Product;
use super::service_args::{Args, Check, Hook, Life};
use super::source::{Source, source, sources};
use super::spelt_out;
use super::unshared::{Unshared, unshared};
use crate::errors::{Code, Errors};
use crate::parse::Marks;
use crate::words::{ON_FUNCTIONS, ON_MEMBERS};

/// A service, ready to be written out.
pub(crate) struct Service {
    /// The path of `di-core`.
    pub(crate) krate: TokenStream,
    /// Whether that path is not `::di_core`.
    pub(crate) is_renamed: bool,
    /// The type's own name: also that of its hidden macro.
    pub(crate) name: Ident,
    /// Whether the type is known to be `pub`; of an impl block, it is not known.
    pub(crate) is_public: bool,
    pub(crate) generics: Generics,
    pub(crate) self_ty: Type,
    /// `dyn I` each.
    pub(crate) interfaces: Vec<Type>,
    pub(crate) members: Vec<Member>,
    pub(crate) made: Made,
    /// What a function provides.
    pub(crate) product: Option<Product>,
    /// What `close` says, if it was written.
    pub(crate) close: Option<Hook>,
    /// What `lifecycle` says, if it was written.
    pub(crate) lifecycle: Option<Life>,
    /// What `health` says, if it was written.
    pub(crate) health: Option<Check>,
    pub(crate) post_construct: Option<Path>,
    /// Who injects the concrete type is warned: `concrete = deprecated`.
    pub(crate) winding_down: Option<Ident>,
}

/// A field, or an argument of the constructor.
pub(crate) struct Member {
    /// How messages call it.
    pub(crate) name: String,
    pub(crate) ty: Type,
    /// In which form the type asks for its key.
    pub(crate) wanted: Wanted,
    pub(crate) source: Source,
}

impl Member {
    fn new(name: String, ty: Type, source: Source) -> Self {
        let ty = spelt_out(ty);
        Self { name, wanted: wanted(&ty), ty, source }
    }

    /// Takes another type.
    pub(crate) fn set_type(&mut self, ty: Type) {
        self.wanted = wanted(&ty);
        self.ty = ty;
    }

    /// The type of the standard library that threads cannot share, if it is one; what asks for a key is none.
    pub(crate) fn unshared(&self) -> Option<Unshared<'_>> {
        if self.wanted == Wanted::Unknown { unshared(&self.ty) } else { None }
    }
}

/// How the service is made.
pub(crate) enum Made {
    /// Its fields are its members, in the same order.
    OfFields(Vec<syn::Member>),
    /// A function makes it from its members, in the same order.
    By { function: Ident, is_async: bool, returned: Returned },
}

/// What a constructor returns.
pub(crate) enum Returned {
    /// The service itself.
    Itself,
    /// Something else: a `Result`, as the types will tell.
    Fallible(Box<Type>),
}

impl Service {
    /// The service of a struct, from which the framework's attributes are taken off.
    pub(crate) fn of_struct(args: Args, item: &mut ItemStruct, errors: &mut Errors) -> Self {
        annotated_once(&mut item.attrs, errors);
        let name = item.ident.clone();
        let self_ty = if item.generics.params.is_empty() {
            Type::Path(syn::TypePath { attrs: Vec::new(), qself: None, path: name.clone().into() })
        } else {
            let (_, arguments, _) = item.generics.split_for_impl();
            syn::parse_quote!(#name #arguments)
        };
        let mut members = Vec::new();
        let mut places = Vec::new();
        for (index, field) in item.fields.iter_mut().enumerate() {
            let (name, place) = match &field.ident {
                Some(ident) => (plain(ident), syn::Member::Named(ident.clone())),
                None => (index.to_string(), syn::Member::Unnamed(index.into())),
            };
            let source = source(&mut field.attrs, errors);
            members.push(Member::new(name, field.ty.clone(), source));
            places.push(place);
        }
        let is_public = matches!(item.vis, Visibility::Public(_));
        Self { is_public, ..Self::new(args, name, item.generics.clone(), self_ty, members, Made::OfFields(places)) }
    }

    /// The service of an impl block with one constructor; nothing if there is none to speak of.
    pub(crate) fn of_impl(args: Args, item: &mut ItemImpl, errors: &mut Errors) -> Option<Self> {
        annotated_once(&mut item.attrs, errors);
        let name = own_name(item, errors)?;
        let self_ty = spelt_out((*item.self_ty).clone());
        let mut constructors = Vec::new();
        let mut names = Vec::new();
        for member in &mut item.items {
            if let ImplItem::Fn(method) = member {
                names.push((method.sig.ident.clone(), looks_like_one(method, &self_ty)));
                let marks = Marks::take(&mut method.attrs, &ON_FUNCTIONS, errors);
                if marks.has("constructor", errors) {
                    let sources = sources(&mut method.sig, errors);
                    constructors.push((method, sources));
                } else {
                    for argument in method.sig.inputs.iter_mut() {
                        if let FnArg::Typed(argument) = argument {
                            Marks::take(&mut argument.attrs, &ON_MEMBERS, errors);
                        }
                    }
                }
            }
        }
        if let [(first, _), (second, _), ..] = constructors.as_slice() {
            errors.report(
                &second.sig.ident,
                Code::DI0013,
                format_args!(
                    "`{name}` has two constructors: `{}` and `{}`\n\n  help: leave `#[constructor]` on one of them",
                    first.sig.ident, second.sig.ident
                ),
            );
        }
        let Some((constructor, sources)) = constructors.into_iter().next() else {
            errors.report(&item.self_ty, Code::DI0013, no_constructor(&name, &names));
            // A stub of it, so that containers that list it say nothing of their own.
            return Some(Self::new(args, name, item.generics.clone(), self_ty, Vec::new(), Made::OfFields(Vec::new())));
        };
        if is_generic(&constructor.sig, errors) {
            return Some(Self::new(args, name, item.generics.clone(), self_ty, Vec::new(), Made::OfFields(Vec::new())));
        }
        is_safe(&constructor.sig, errors);
        let members = members(&constructor.sig, sources, errors);
        let returned = match &constructor.sig.output {
            ReturnType::Default => {
                errors.report(
                    &constructor.sig.ident,
                    Code::DI0013,
                    format_args!(
                        "the constructor `{}` returns nothing\n\n  help: return `Self`, or a `Result` of it",
                        constructor.sig.ident
                    ),
                );
                Returned::Itself
            }
            ReturnType::Type(_, ty) if is_self(ty, &self_ty) => Returned::Itself,
            ReturnType::Type(_, ty) => Returned::Fallible(ty.clone()),
        };
        let made = Made::By {
            function: constructor.sig.ident.clone(),
            is_async: constructor.sig.asyncness.is_some(),
            returned,
        };
        Some(Self::new(args, name, item.generics.clone(), self_ty, members, made))
    }

    pub(super) fn new(
        args: Args,
        name: Ident,
        generics: Generics,
        self_ty: Type,
        members: Vec<Member>,
        made: Made,
    ) -> Self {
        Self {
            krate: super::crate_path(args.krate.as_ref()),
            is_renamed: args.krate.is_some(),
            name,
            is_public: false,
            generics,
            self_ty,
            interfaces: args.provides,
            members,
            made,
            product: None,
            close: args.close,
            lifecycle: args.lifecycle,
            health: args.health,
            post_construct: args.post_construct,
            winding_down: args.winding_down,
        }
    }

    /// The members that the container finds, with the qualifier under which it looks.
    pub(crate) fn injected(&self) -> impl Iterator<Item = (&Member, Option<&Type>)> {
        self.members.iter().filter_map(|member| match &member.source {
            Source::Injected { qualifier } => Some((member, qualifier.as_deref())),
            Source::Default | Source::Key | Source::Arg => None,
        })
    }
}

/// The arguments of a function that makes a service.
pub(super) fn members_of(function: &mut Signature, errors: &mut Errors) -> Vec<Member> {
    let sources = sources(function, errors);
    members(function, sources, errors)
}

fn members(function: &Signature, sources: Vec<Source>, errors: &mut Errors) -> Vec<Member> {
    let mut members = Vec::new();
    for (index, (argument, source)) in function.inputs.iter().zip(sources).enumerate() {
        match argument {
            FnArg::Receiver(receiver) => errors.report(
                receiver,
                Code::DI0013,
                "a constructor makes the service: it takes no `self`\n\n  help: make it a function that returns `Self`",
            ),
            FnArg::Typed(argument) => {
                let name = match &*argument.pat {
                    Pat::Ident(pattern) => plain(&pattern.ident),
                    _ => format!("argument {}", index + 1),
                };
                members.push(Member::new(name, (*argument.ty).clone(), source));
            }
        }
    }
    members
}

/// The second `#[service]` of an item is taken off: it would write everything again.
pub(super) fn annotated_once(attrs: &mut Vec<Attribute>, errors: &mut Errors) {
    attrs.retain(|attribute| {
        let is_second = attribute.path().is_ident("service");
        if is_second {
            errors.report(attribute, Code::DI0012, "`#[service]` stands twice\n\n  help: write all keys into one");
        }
        !is_second
    });
}

/// A name without the `r#` of a raw identifier.
pub(crate) fn plain(ident: &Ident) -> String {
    let name = ident.to_string();
    name.strip_prefix("r#").map(str::to_owned).unwrap_or(name)
}

/// The name of the type that an impl block is for.
fn own_name(item: &ItemImpl, errors: &mut Errors) -> Option<Ident> {
    if let Some((path, _)) = &item.trait_ {
        errors.report(
            path,
            Code::DI0013,
            "`#[service]` stands on the impl block that holds the constructor, not on that of a trait\n\n  help: move it to `impl Type { .. }`",
        );
        return None;
    }
    if let Type::Path(path) = spelt_out((*item.self_ty).clone())
        && let Some(segment) = path.path.segments.last()
    {
        return Some(segment.ident.clone());
    }
    errors.report(&item.self_ty, Code::DI0013, "a service is a type with a name: a struct or an enum");
    None
}

/// The type of a dependency as the container sees it.
pub(crate) fn wrapped(krate: &TokenStream, ty: &Type, qualifier: Option<&Type>) -> TokenStream {
    match qualifier {
        Some(qualifier) => quote!(#krate::__private::Qualified<#qualifier, #ty>),
        None => ty.to_token_stream(),
    }
}
