//! The expansion of `#[interface]`: a trait that every service can use behind `Arc<dyn ..>`.

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::{Attribute, Block, Item, Meta, Path, Token};

use crate::check;
use crate::errors::{Code, Errors};
use crate::model::crate_path;
use crate::parse::keys::{Keys, value};
use crate::parse::trait_tokens::{Member, Sized, TraitTokens};
use crate::spans::Caret;
use crate::template::{lex, short};
use crate::text::text;
use crate::words;

/// Expands the attribute.
pub(crate) fn interface(args: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let mut renamed: Option<Path> = None;
    if !args.is_empty() {
        Keys(&words::INTERFACE).read(args, &mut errors, |_, input, _| {
            renamed = Some(value(input)?);
            Ok(())
        });
    }
    let mut written = match TraitTokens::read(&item) {
        Some(item) => of_trait(item, renamed.as_ref(), &mut errors),
        None => of_other(item, renamed.as_ref(), &mut errors),
    };
    if !errors.is_empty() {
        written.extend(errors.into_tokens());
    }
    written
}

/// What stands where a trait could: what another attribute has made of one, or an impl block with `async fn`.
fn of_other(item: TokenStream, renamed: Option<&Path>, errors: &mut Errors) -> TokenStream {
    match syn::parse2::<Item>(item.clone()) {
        Ok(Item::Struct(item)) if is_mock(&item.ident) => {
            errors.report(
                &item.ident,
                Code::DI0012,
                "`#[automock]` stands above `#[interface]`\n\n  help: swap the two: `#[interface] #[mockall::automock]`",
            );
            quote!(#item)
        }
        Ok(Item::Impl(item)) if item.trait_.is_none() && is_mock(&item.self_ty) => quote!(#item),
        Ok(Item::Impl(item)) if item.trait_.is_some() => {
            let has_async = item
                .items
                .iter()
                .any(|item| matches!(item, syn::ImplItem::Fn(method) if method.sig.asyncness.is_some()));
            let async_trait = has_async.then(|| async_trait(renamed, &item.self_ty, errors));
            quote!(#async_trait #item)
        }
        // What else mockall makes of the trait: that the two are to be swapped is told at the mock.
        Ok(other) if text(&other).contains("mockall") => quote!(#other),
        Ok(other) => {
            errors.report(&other, Code::DI0012, "`#[interface]` stands on a trait, or on the impl block of one with `async fn`\n\n  help: an attribute that makes more items of the trait stands below it: `#[interface] #[mockall::automock] trait I`");
            quote!(#other)
        }
        // A statement: rustc itself says that an attribute of ours cannot stand there.
        Err(_) if Block::parse_within.parse2(item.clone()).is_ok() => item,
        Err(error) => {
            errors.add(error);
            item
        }
    }
}

fn of_trait(item: TraitTokens, renamed: Option<&Path>, errors: &mut Errors) -> TokenStream {
    let is_async = |member: &Member| match member {
        Member::Method(method) => method.is_async,
        Member::Conditional { is_async, .. } => *is_async,
        Member::Const { .. } | Member::Type { .. } => false,
    };
    let has_async = item.members.iter().any(is_async);
    let is_type = |member: &Member| matches!(member, Member::Type { .. } | Member::Conditional { is_type: true, .. });
    let has_types = item.members.iter().any(is_type);
    let refused = check::interface::check(&item, errors);
    let body = if refused.is_empty() { item.body() } else { item.body_for_objects(&refused) };
    let name = &item.name;
    // They stand at the trait's name: a bound carries its place, and that of the macro call moves with each line above.
    let place = Caret::under_name(name);
    let async_trait = has_async.then(|| async_trait(renamed, name, errors));
    // What certainly keeps the trait from being an object was found. For what its supertraits do, and whatever else the text
    // does not tell, naming the object in an impl makes the compiler say so at the trait's name. With a type of its own, a
    // trait has as many objects as there are types.
    let is_one_object = check::interface::is_unsure(&item) && !item.has_params && !has_types;
    let object = (is_one_object && errors.is_empty()).then(|| {
        let (krate, ty) = (crate_path(renamed), quote_spanned!(place=> dyn #name));
        quote! {
            #[automatically_derived]
            impl #krate::__private::Object for #ty {}
        }
    });
    let unimplemented = format!(
        "diagnostic::on_unimplemented(\
         message = \"{headline}`{{Self}}` does not implement the interface `{name}`\", \
         label = \"write `impl {name} for {{Self}}`, or remove `{name}` from `provides`\", \
         note = \"{page}\")",
        headline = Code::DI0006.headline(""),
        page = Code::DI0006.page(),
    );
    let (mut written, others) = with_mocks(item.attributes, &unimplemented);
    if let Some(async_trait) = async_trait {
        written.extend(async_trait);
    }
    written.extend(others);
    written.extend(item.head);
    written.extend(short(place, ":"));
    let is_joined = matches!(item.bounds.last(), Some(TokenTree::Punct(plus)) if plus.as_char() == '+');
    let is_first = item.bounds.is_empty();
    written.extend(item.bounds);
    if !is_first && !is_joined {
        written.extend(short(place, "+"));
    }
    written.extend(short(place, "::core::marker::Send + ::core::marker::Sync + 'static"));
    // A clause that was refused is not said again.
    if item.sized != Sized::Yes {
        written.extend(item.clause);
    }
    written.extend([body]);
    if let Some(object) = object {
        written.extend(object);
    }
    written
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

/// The attributes of the trait, before and behind `async_trait`, in the order in which mockall understands them: it comes
/// first, and copies all that it does not know to places where only traits may stand, so that what a missing impl means is
/// said without it.
fn with_mocks(attributes: Vec<TokenTree>, unimplemented: &str) -> (TokenStream, Vec<TokenTree>) {
    let texts: Vec<String> = attributes.iter().filter_map(text_beyond_docs).collect();
    // What the author says of a missing impl is enough.
    let is_said = texts.iter().any(|text| text.starts_with("diagnostic::on_unimplemented"));
    if !texts.iter().any(|text| text.contains("automock")) {
        let first = if is_said { TokenStream::new() } else { lex(&format!("#[{unimplemented}]")) };
        return (first, attributes);
    }
    let unimplemented = lex(unimplemented);
    let all = Attribute::parse_outer.parse2(attributes.into_iter().collect()).unwrap_or_default();
    let (mocks, others): (Vec<Attribute>, Vec<Attribute>) = all.into_iter().partition(is_automock);
    let first = match mocks.first().map(condition) {
        None => quote!(#[#unimplemented]),
        Some(None) => quote!(#(#mocks)*),
        Some(Some(condition)) => quote!(#[cfg_attr(not(#condition), #unimplemented)] #(#mocks)*),
    };
    (first, quote!(#(#others)*).into_iter().collect())
}

/// What stands in the brackets of an attribute; nothing for `doc = ".."`, the attribute that most traits have.
fn text_beyond_docs(attribute: &TokenTree) -> Option<String> {
    let TokenTree::Group(group) = attribute else { return None };
    let mut tokens = group.stream().into_iter().peekable();
    if matches!(tokens.peek(), Some(TokenTree::Ident(word)) if word == "doc") {
        return None;
    }
    Some(text(tokens.collect::<TokenStream>()))
}

/// What mockall makes besides the impl: it copies the trait's attributes to the struct and to the expectations, too.
fn is_mock(name: impl ToTokens) -> bool {
    text(&name).starts_with("Mock")
}

/// `async fn` behind `dyn` is what `async-trait` does.
fn async_trait(renamed: Option<&Path>, place: &impl ToTokens, errors: &mut Errors) -> TokenStream {
    if cfg!(feature = "async-trait") {
        let krate = crate_path(renamed);
        quote!(#[#krate::__private::async_trait])
    } else {
        errors.report(
            place,
            Code::DI0007,
            "an interface with `async fn` needs the feature `async-trait`\n\n  help: di-core = { version = \"..\", features = [\"async-trait\"] }",
        );
        TokenStream::new()
    }
}
