//! What the container's macro tells the macro of one field, and how both write it down.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::parse::{Parse, ParseStream};
use syn::{Type, bracketed};

use super::listed::{Kind, Registration};

/// One field of a container, as `field!` gets it.
pub(crate) struct Spec {
    pub(crate) container: Ident,
    pub(crate) krate: TokenStream,
    pub(crate) index: usize,
    pub(crate) name: Ident,
    pub(crate) ty: Type,
    pub(crate) kind: Kind,
    pub(crate) registration: Registration,
    pub(crate) qualifier: Option<Type>,
    pub(crate) group: Option<String>,
    pub(crate) key: Option<String>,
    pub(crate) entry: bool,
}

/// What the service adds: counts. None of it for a type that has no hidden macro.
#[derive(Default)]
pub(crate) struct Counts {
    pub(crate) interfaces: usize,
    pub(crate) needs: usize,
    pub(crate) args: Vec<String>,
    pub(crate) key: bool,
    pub(crate) at_once: bool,
    /// The type parameters of a generic service.
    pub(crate) params: Vec<String>,
    /// The keys of its dependencies, as it writes them.
    pub(crate) keys: Vec<String>,
}

impl ToTokens for Spec {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Self { container, krate, index, name, ty, entry, .. } = self;
        let kind = Ident::new(self.kind.word(), Span::call_site());
        let registration = Ident::new(self.registration.word(), Span::call_site());
        let (qualifier, group, key) = (self.qualifier.iter(), self.group.iter(), self.key.iter());
        tokens.extend(quote! {
            [#container] [#krate] [#index] [#name] [#ty] [#kind] [#registration]
            [#(#qualifier)*] [#(#group)*] [#(#key)*] [#entry]
        });
    }
}

impl Parse for Spec {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        Ok(Self {
            container: bracketed(input)?,
            krate: bracketed(input)?,
            index: number(input)?,
            name: bracketed(input)?,
            ty: bracketed(input)?,
            kind: Kind::of_word(&bracketed::<Ident>(input)?.to_string()),
            registration: Registration::of_word(&bracketed::<Ident>(input)?.to_string()),
            qualifier: optional(input)?,
            group: optional::<syn::LitStr>(input)?.map(|text| text.value()),
            key: optional::<syn::LitStr>(input)?.map(|text| text.value()),
            entry: bracketed::<syn::LitBool>(input)?.value,
        })
    }
}

impl Parse for Counts {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut counts = Self::default();
        while !input.is_empty() {
            match input.parse::<Ident>()?.to_string().as_str() {
                "interfaces" => counts.interfaces = number(input)?,
                "needs" => counts.needs = number(input)?,
                "args" => counts.args = texts(input)?,
                "params" => counts.params = texts(input)?,
                "keys" => counts.keys = texts(input)?,
                "key" => counts.key = bracketed::<syn::LitBool>(input)?.value,
                _ => counts.at_once = bracketed::<syn::LitBool>(input)?.value,
            }
        }
        Ok(counts)
    }
}

fn bracketed<T: Parse>(input: ParseStream<'_>) -> syn::Result<T> {
    let content;
    bracketed!(content in input);
    content.parse()
}

fn optional<T: Parse>(input: ParseStream<'_>) -> syn::Result<Option<T>> {
    let content;
    bracketed!(content in input);
    if content.is_empty() { Ok(None) } else { content.parse().map(Some) }
}

fn texts(input: ParseStream<'_>) -> syn::Result<Vec<String>> {
    let content;
    bracketed!(content in input);
    let texts = content.parse_terminated(<syn::LitStr as Parse>::parse, syn::Token![,])?;
    Ok(texts.iter().map(syn::LitStr::value).collect())
}

fn number(input: ParseStream<'_>) -> syn::Result<usize> {
    bracketed::<syn::LitInt>(input)?.base10_parse()
}
