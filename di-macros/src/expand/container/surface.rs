//! What users see of a container: its inputs and its methods.

use proc_macro2::TokenStream;
use quote::quote;

use crate::model::container::Container;
use crate::model::listed::{Field, Kind};
use crate::text::text;

/// The struct of what the caller supplies.
pub(super) fn inputs(container: &Container) -> TokenStream {
    let Container { name, vis, inputs, .. } = container;
    let doc = format!("What the caller of `{name}::build` supplies.");
    let fields = container.of_kind(Kind::Input).map(|field| {
        let Field { name, ty, docs, .. } = field;
        let doc = docs.is_empty().then(|| quote!(#[doc = "Supplied by the caller."]));
        quote!(#(#docs)* #doc #vis #name: #ty)
    });
    let text = inputs.to_string();
    let allowed = container.allowed();
    quote! {
        #(#allowed)*
        #[doc = #doc]
        #vis struct #inputs {
            #(#fields),*
        }

        #[automatically_derived]
        impl ::core::fmt::Debug for #inputs {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.debug_struct(#text).finish_non_exhaustive()
            }
        }
    }
}

/// What a user calls on the container.
pub(super) fn methods(container: &Container) -> TokenStream {
    let Container { krate, name, vis, inputs, .. } = container;
    let private = quote!(#krate::__private);
    let text = name.to_string();
    let build_doc = format!("Builds a `{name}`: every service after what it needs.");
    let build = container.of_kind(Kind::Inherit).next().is_none().then(|| {
        quote! {
            #[doc = #build_doc]
            #[inline]
            #vis fn build(inputs: #inputs) -> <<Self as #krate::Service>::Mode as #krate::Moded>::Of<Self> {
                <<Self as #krate::Service>::Mode as #krate::Moded>::of(#private::build::<Self>((), inputs))
            }
        }
    });
    let scopes = container.of_kind(Kind::Scope).map(|field| scope_method(container, field));
    let allowed = container.allowed();
    quote! {
        #(#allowed)*
        impl #name {
            #build

            /// The instance that answers `T`, borrowed: a field load.
            #[inline(always)]
            #[must_use]
            #[allow(dead_code)]
            #vis fn get<__T: ?::core::marker::Sized>(&self) -> &__T
            where
                Self: #krate::Lends<__T>,
            {
                <Self as #krate::Container>::get::<__T>(self)
            }

            /// What answers `T`, shared.
            #[inline(always)]
            #[must_use]
            #[allow(dead_code)]
            #vis fn shared<__T: ?::core::marker::Sized>(&self) -> #private::Arc<__T>
            where
                Self: #krate::Provides<__T>,
            {
                <Self as #krate::Container>::shared::<__T>(self)
            }

            /// Every member of the group `T`.
            #[inline(always)]
            #[must_use]
            #[allow(dead_code)]
            #vis fn many<__T: ?::core::marker::Sized>(&self) -> &#krate::Many<__T>
            where
                Self: #krate::ProvidesMany<__T>,
            {
                <Self as #krate::Container>::many::<__T>(self)
            }

            /// The bindings under the marker type `Q`.
            #[inline(always)]
            #[must_use]
            #[allow(dead_code)]
            #vis fn qualified<__Q>(&self) -> #krate::Under<'_, Self, __Q> {
                <Self as #krate::Container>::qualified::<__Q>(self)
            }

            /// The instance of a service by its own name or its field's, in this container or in a module of it.
            ///
            /// # Errors
            ///
            /// No service is called so, several are, or the container keeps no instance of it.
            #[allow(dead_code)]
            #vis fn lookup(
                &self,
                name: &str,
            ) -> ::core::result::Result<#private::Arc<dyn ::core::any::Any + ::core::marker::Send + ::core::marker::Sync>, #krate::LookupError> {
                #private::lookup(self, name)
            }

            /// Closes every service, dependents before what they depend on, and drops the container.
            ///
            /// # Errors
            ///
            /// The services that could not be closed; all others have been.
            #[allow(dead_code)]
            #vis fn close(self) -> ::core::result::Result<(), #krate::CloseError> {
                #private::close(&self)
            }

            #(#scopes)*
        }

        #[automatically_derived]
        impl ::core::fmt::Debug for #name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.debug_struct(#text).finish_non_exhaustive()
            }
        }
    }
}

/// `app.symbol(SymbolScopeInputs { .. })`
fn scope_method(container: &Container, field: &Field) -> TokenStream {
    let Container { krate, .. } = container;
    let Field { name, vis, ty, docs, .. } = field;
    let doc = docs.is_empty().then(|| {
        let doc = format!("Builds a new `{}` in this container.", text(ty));
        quote!(#[doc = #doc])
    });
    quote! {
        #(#docs)*
        #doc
        #[allow(dead_code)]
        #vis fn #name(
            &self,
            inputs: <#ty as #krate::Container>::Inputs,
        ) -> <<#ty as #krate::Service>::Mode as #krate::Moded>::Of<#ty> {
            #[allow(unused_imports)]
            use #krate::__private::CannotOpen as _;
            <<#ty as #krate::Service>::Mode as #krate::Moded>::of(
                #krate::__private::Open::<Self, #ty>::open(&self.slots, inputs),
            )
        }
    }
}
