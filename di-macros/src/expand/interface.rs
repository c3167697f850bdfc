//! What `#[interface]` writes: a trait that every service can use behind `Arc<dyn ..>`.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::punctuated::Punctuated;
use syn::{Attribute, Item, ItemTrait, Meta, Token, TraitItem, TypeParamBound};

use crate::errors::Errors;
use crate::parse::keys::{Keys, value};
use crate::spans::Caret;
use crate::template::splice;
use crate::text::text;
use crate::words;

/// Expands the attribute.
pub(crate) fn interface(args: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let mut renamed: Option<syn::Path> = None;
    Keys(&words::INTERFACE).read(args, &mut errors, |_, input, _| {
        renamed = Some(value(input)?);
        Ok(())
    });
    let krate = crate::model::crate_path(renamed.as_ref());
    let expanded = match syn::parse2::<Item>(item.clone()) {
        Ok(Item::Trait(item)) => of_trait(item, &krate, &mut errors),
        Ok(Item::Struct(item)) if is_mock(&item.ident) => {
            errors.at(&item.ident, "[DI0012] `#[interface]` stands above `#[automock]`\n\n  help: swap the two: `#[interface] #[automock]`\n  see `di_core::diagnostics::DI0012`");
            quote!(#item)
        }
        Ok(Item::Impl(item)) if item.trait_.is_none() && is_mock(&item.self_ty) => quote!(#item),
        Ok(Item::Impl(item)) if item.trait_.is_some() => {
            let has_async = item
                .items
                .iter()
                .any(|item| matches!(item, syn::ImplItem::Fn(method) if method.sig.asyncness.is_some()));
            let async_trait = async_trait(has_async, &krate, &item.self_ty, &mut errors);
            quote!(#async_trait #item)
        }
        Ok(other) => {
            errors.at(&other, "[DI0012] `#[interface]` stands on a trait, or on the impl block of one with `async fn`\n\n  help: an attribute that makes more items of the trait stands below it: `#[interface] #[mockall::automock] trait I`\n  see `di_core::diagnostics::DI0012`");
            quote!(#other)
        }
        Err(error) => {
            errors.add(error);
            item
        }
    };
    let errors = errors.into_tokens();
    quote!(#expanded #errors)
}

fn of_trait(mut item: ItemTrait, krate: &TokenStream, errors: &mut Errors) -> TokenStream {
    let has_async = is_async(&item);
    object_safe(&item, errors);
    let name = item.ident.clone();
    // They stand at the trait's name: a bound carries its place, and that of the macro call moves with each line above.
    let place = Caret::under(&name).first;
    let bounds = ["::core::marker::Send", "::core::marker::Sync", "'static"];
    let bounds = bounds.map(|bound| TypeParamBound::Verbatim(splice(bound, place, &[])));
    let has_supertraits = !item.supertraits.is_empty();
    item.supertraits.extend(bounds);
    let async_trait = async_trait(has_async, krate, &name, errors);
    let message = format!("[DI0006] `{{Self}}` does not implement the interface `{name}`");
    let label = format!("`impl {name} for {{Self}}` is missing");
    let note = format!("write `impl {name} for {{Self}}`, or remove `{name}` from `provides`");
    // What keeps the trait itself from being an object was found. For what its supertraits do, naming the object in an impl
    // makes the compiler say so at the trait's name. With a type of its own, a trait has as many objects as there are types.
    let is_one_object = has_supertraits && item.generics.params.is_empty() && !has_types(&item);
    let object = (is_one_object && errors.is_empty()).then(|| {
        let ty = quote_spanned!(place=> dyn #name);
        quote! {
            #[automatically_derived]
            impl #krate::__private::Object for #ty {}
        }
    });
    let unimplemented = quote! {
        diagnostic::on_unimplemented(message = #message, label = #label, note = #note, note = "see `di_core::diagnostics::DI0006`")
    };
    let attributes = with_mocks(&mut item, &unimplemented);
    quote! {
        #attributes
        #async_trait
        #item
        #object
    }
}

/// `#[automock]`, also in a `#[cfg_attr(test, automock)]`, which the compiler has not looked at yet.
fn is_automock(attribute: &Attribute) -> bool {
    let path = attribute.path();
    match &attribute.meta {
        Meta::List(list) if path.is_ident("cfg_attr") => {
            text(&list.tokens).split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == "automock")
        }
        _ => path.segments.last().is_some_and(|last| last.ident == "automock"),
    }
}

/// The condition of a `#[cfg_attr(condition, ..)]`.
fn condition(attribute: &Attribute) -> Option<Meta> {
    let conditional = attribute.path().is_ident("cfg_attr");
    let metas = attribute.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated);
    metas.ok().filter(|_| conditional)?.into_iter().next()
}

/// The attributes of the trait in the order in which mockall understands them: it comes before `async_trait`, and copies all
/// that it does not know to places where only traits may stand, so that what a missing impl means is said without it.
fn with_mocks(item: &mut ItemTrait, unimplemented: &TokenStream) -> TokenStream {
    let (mocks, others): (Vec<Attribute>, Vec<Attribute>) =
        std::mem::take(&mut item.attrs).into_iter().partition(is_automock);
    item.attrs = others;
    match mocks.first().map(condition) {
        None => quote!(#[#unimplemented]),
        Some(None) => quote!(#(#mocks)*),
        Some(Some(condition)) => quote!(#[cfg_attr(not(#condition), #unimplemented)] #(#mocks)*),
    }
}

/// What mockall makes besides the impl: it copies the trait's attributes to the struct and to the expectations, too.
fn is_mock(name: impl ToTokens) -> bool {
    text(&name).starts_with("Mock")
}

fn has_types(item: &ItemTrait) -> bool {
    item.items.iter().any(|item| matches!(item, TraitItem::Type(_)))
}

fn is_async(item: &ItemTrait) -> bool {
    item.items.iter().any(|item| matches!(item, TraitItem::Fn(method) if method.sig.asyncness.is_some()))
}

/// `async fn` behind `dyn` is what `async-trait` does.
fn async_trait(has_async: bool, krate: &TokenStream, place: &impl ToTokens, errors: &mut Errors) -> TokenStream {
    if !has_async {
        return TokenStream::new();
    }
    if cfg!(feature = "async-trait") {
        quote!(#[#krate::__private::async_trait])
    } else {
        errors.at(
            place,
            "[DI0007] an interface with `async fn` needs the feature `async-trait`\n\n  help: di-core = { version = \"..\", features = [\"async-trait\"] }\n  see `di_core::diagnostics::DI0007`",
        );
        TokenStream::new()
    }
}

/// DI0007: what keeps a trait from being an object, at the place that does.
fn object_safe(item: &ItemTrait, errors: &mut Errors) {
    for member in &item.items {
        match member {
            TraitItem::Const(constant) => errors.at(
                constant,
                not_an_object(
                    item,
                    &format!("it has the constant `{}`", constant.ident),
                    "make it a method that returns the value",
                ),
            ),
            TraitItem::Type(ty) if !ty.generics.params.is_empty() => errors.at(
                &ty.ident,
                not_an_object(
                    item,
                    &format!("the type `{}` has parameters", ty.ident),
                    "make each of them an interface of its own",
                ),
            ),
            TraitItem::Fn(method) if !needs_sized(&method.sig) => {
                let name = &method.sig.ident;
                if method.sig.receiver().is_none() {
                    errors.at(
                        &method.sig.ident,
                        not_an_object(
                            item,
                            &format!("`{name}` has no `self`"),
                            "give it `&self`, or write `where Self: Sized`",
                        ),
                    );
                }
                if let Some(parameter) = method.sig.generics.type_params().next() {
                    errors.at(
                        parameter,
                        not_an_object(
                            item,
                            &format!("`{name}` is generic over `{}`", parameter.ident),
                            "take a trait object instead, or write `where Self: Sized`",
                        ),
                    );
                }
                if let syn::ReturnType::Type(_, ty) = &method.sig.output
                    && matches!(&**ty, syn::Type::Path(path) if path.path.is_ident("Self"))
                {
                    errors.at(
                        ty,
                        not_an_object(
                            item,
                            &format!("`{name}` returns `Self`"),
                            "return an `Arc<dyn ..>`, or write `where Self: Sized`",
                        ),
                    );
                }
            }
            _ => {}
        }
    }
}

fn needs_sized(signature: &syn::Signature) -> bool {
    signature.generics.where_clause.as_ref().is_some_and(|clause| {
        clause.predicates.iter().any(|predicate| text(predicate).replace(' ', "").starts_with("Self:Sized"))
    })
}

fn not_an_object(item: &ItemTrait, why: &str, help: &str) -> String {
    format!(
        "[DI0007] `{}` cannot be made into an object: {why}\n\n  help: {help}\n  see `di_core::diagnostics::DI0007`",
        item.ident
    )
}
