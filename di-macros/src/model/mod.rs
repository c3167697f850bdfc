//! Checked values: what a macro call means, with nothing left to parse.

mod constructor;
pub(crate) mod container;
pub(crate) mod dependency;
pub(crate) mod listed;
pub(crate) mod mode;
pub(crate) mod provider;
pub(crate) mod said;
pub(crate) mod service;
pub(crate) mod service_args;
pub(crate) mod source;
mod spelling;
pub(crate) mod unshared;

pub(crate) use spelling::spelt_out;

use proc_macro2::TokenStream;
use quote::quote;

/// The path under which generated code finds `di-core`.
pub(crate) fn crate_path(renamed: Option<&syn::Path>) -> TokenStream {
    match renamed {
        Some(path) => quote!(#path),
        None => quote!(::di_core),
    }
}
