//! The shared parts of a service's expansion: its names and bounds, and the paths of what they call.

use proc_macro::Delimiter;
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens as _, quote};
use syn::GenericParam;

use crate::model::service::Service;
use crate::spans::Caret;
use crate::template::{Written, within, word};

/// What the impls of a service are made of.
pub(super) struct Words {
    /// The parameters, each with a comma.
    pub(super) params: TokenStream,
    pub(super) own: TokenStream,
    pub(super) bounds: TokenStream,
    name: String,
    /// Where the type's name stands.
    pub(super) place: Span,
}

impl Words {
    pub(super) fn of(service: &Service) -> Self {
        let Service { self_ty, generics, name, .. } = service;
        let params = match generics.params.is_empty() {
            true => TokenStream::new(),
            false => {
                let params = generics.params.iter().map(without_default);
                quote!(#(#params,)*)
            }
        };
        Self {
            params,
            own: self_ty.to_token_stream(),
            bounds: generics.where_clause.to_token_stream(),
            name: word(name),
            place: Caret::under_name(name),
        }
    }

    /// The type: where that is its name alone, as part of a text.
    pub(super) fn write_own(&self, written: &mut Written) {
        if self.params.is_empty() {
            written.text(&self.name);
        } else {
            written.tokens(self.own.clone());
        }
    }
}

/// A parameter as an impl declares it.
fn without_default(parameter: &GenericParam) -> GenericParam {
    let mut parameter = parameter.clone();
    match &mut parameter {
        GenericParam::Type(parameter) => parameter.default = None,
        GenericParam::Const(parameter) => parameter.default = None,
        GenericParam::Lifetime(_) => {}
    }
    parameter
}

/// The call of a template.
pub(super) fn call(service: &Service, template: &str, contents: Written, written: &mut Written) {
    path(service, template, written);
    written.tokens(within(Delimiter::Brace, contents.into_tokens()));
}

/// A path in `di-core`.
pub(super) fn path(service: &Service, path: &str, written: &mut Written) {
    if service.is_renamed {
        written.tokens(service.krate.clone());
    } else {
        written.text("::di_core");
    }
    written.text(path);
}
