//! Which keys one field of a container answers, and with what.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::super::index;
use super::Writer;
use crate::model::field::{Counts, Spec};
use crate::model::listed::{Kind, Registration};
use crate::spans::Caret;

impl Writer<'_> {
    pub(super) fn bindings(&self, counts: &Counts) -> TokenStream {
        let registration = self.spec.registration;
        let mut bindings = TokenStream::new();
        match self.spec.kind {
            Kind::Service | Kind::Input | Kind::Inherit => {
                if registration.concrete() {
                    bindings.extend(self.keeps());
                }
                if registration.interface() {
                    bindings.extend((0..counts.interfaces).map(|number| self.interface(number)));
                }
            }
            Kind::Module => {
                if registration != Registration::GroupOnly {
                    bindings.extend((0..counts.interfaces).map(|number| self.export(number)));
                }
            }
            Kind::Transient => {
                bindings.extend(self.makes());
                if counts.at_once && counts.args.is_empty() {
                    if registration.concrete() {
                        bindings.extend(self.transient());
                    }
                    if registration.interface() {
                        bindings.extend((0..counts.interfaces).map(|number| self.transient_interface(number)));
                    }
                }
            }
            Kind::Scope => bindings.extend(self.makes()),
        }
        bindings
    }

    fn qualifier(&self) -> TokenStream {
        self.spec.qualifier.as_ref().map(|qualifier| quote!(, #qualifier)).unwrap_or_default()
    }

    /// The concrete key.
    pub(super) fn keeps(&self) -> TokenStream {
        let Spec { index, name, ty, krate, .. } = self.spec;
        keeps(krate, &self.app, self.caret, *index, name, ty, self.spec.qualifier.as_ref())
    }

    /// One interface of a service.
    fn interface(&self, number: usize) -> TokenStream {
        let Self { private, app, spec, .. } = self;
        let Spec { index: node, name, ty, krate, .. } = spec;
        let (qualifier, number) = (self.qualifier(), index(krate, number));
        let interface = quote!(<#ty as #krate::Interface<#number, #app>>);
        self.under_type(
            quote!(impl #krate::Lends<#interface::Object #qualifier> for #app),
            quote! {
                const INDEX: usize = #node;

                #[inline(always)]
                fn see<__S: #private::State>(slots: &Self::Slots<__S>, way: #private::Way) -> #private::Instance<'_, #interface::Object> {
                    #private::seen::<#ty, #number, #app, __S>(&slots.#name, way)
                }
            },
        )
    }

    /// One export of a module.
    fn export(&self, number: usize) -> TokenStream {
        let Self { private, app, spec, .. } = self;
        let Spec { index: node, name, ty, krate, .. } = spec;
        let (qualifier, number) = (self.qualifier(), index(krate, number));
        let export = quote!(<#ty as #krate::Export<#number, #app>>);
        self.under_type(
            quote!(impl #krate::Lends<#export::Object #qualifier> for #app),
            quote! {
                const INDEX: usize = #node;

                #[inline(always)]
                fn see<__S: #private::State>(slots: &Self::Slots<__S>, way: #private::Way) -> #private::Instance<'_, #export::Object> {
                    #export::see(__S::read::<#ty>(&slots.#name), way)
                }
            },
        )
    }

    /// An impl whose header is underlined as the field's type: where two fields clash, the compiler shows headers.
    fn under_type(&self, header: TokenStream, body: TokenStream) -> TokenStream {
        under_type(self.caret, header, body)
    }

    /// What a factory makes.
    pub(super) fn makes(&self) -> TokenStream {
        let Self { private, app, spec, .. } = self;
        let Spec { index, ty, .. } = spec;
        self.under_type(quote!(impl #private::Makes<#ty> for #app), quote!(const INDEX: usize = #index;))
    }

    /// The concrete key of a transient.
    fn transient(&self) -> TokenStream {
        let ty = &self.spec.ty;
        self.made_anew(quote!(#ty), quote!(|service| service))
    }

    /// One interface of a transient.
    fn transient_interface(&self, number: usize) -> TokenStream {
        let Self { app, spec, .. } = self;
        let Spec { ty, krate, .. } = spec;
        let number = index(krate, number);
        let interface = quote!(<#ty as #krate::Interface<#number, #app>>);
        let private = &self.private;
        self.made_anew(
            quote!(#interface::Object),
            quote!(|service| #interface::view(#private::Instance::Shared(service)).shared()),
        )
    }

    /// A key of a transient. It answers where the transient's own dependencies are answered; where they are not, that is
    /// the fault, and not that the transient is missing, too.
    fn made_anew(&self, key: TokenStream, view: TokenStream) -> TokenStream {
        let Self { private, app, spec, .. } = self;
        let Spec { index: node, ty, krate, .. } = spec;
        let qualifier = self.qualifier();
        self.under_type(
            quote! {
                impl<__D> #krate::Provides<#key #qualifier> for #app
                where
                    #ty: #krate::Service<Deps = __D>,
                    __D: #private::Dependency<#app, Again: ::core::marker::Send + ::core::marker::Sync + 'static>,
            },
            quote! {
                const INDEX: usize = #node;

                type Again = #private::Maker<#key>;

                #[inline]
                fn take<__S: #private::State>(slots: &Self::Slots<__S>) -> #private::Arc<#key> {
                    let view: fn(#private::Arc<#ty>) -> #private::Arc<#key> = #view;
                    view(#private::new::<#ty, #private::Arc<#ty>>(__D::take::<__S>(slots)))
                }

                fn again<__S: #private::State>(slots: &Self::Slots<__S>) -> Self::Again {
                    #private::anew::<Self, #ty, #key, __S>(slots, #view)
                }
            },
        )
    }
}

/// An impl whose header is underlined as the user's tokens.
pub(in crate::expand) fn under_type(caret: Caret, header: TokenStream, body: TokenStream) -> TokenStream {
    let header = caret.spread(header);
    let body = caret.group(proc_macro2::Delimiter::Brace, body);
    quote!(#header #body)
}

/// The impl that answers a concrete type with what a field holds.
pub(in crate::expand) fn keeps(
    krate: &TokenStream,
    app: &Ident,
    caret: Caret,
    index: usize,
    cell: &Ident,
    ty: &syn::Type,
    qualifier: Option<&syn::Type>,
) -> TokenStream {
    let private = quote!(#krate::__private);
    let qualifier = qualifier.map(|qualifier| quote!(, #qualifier));
    under_type(
        caret,
        quote!(impl #krate::Keeps<#ty #qualifier> for #app),
        quote! {
            const INDEX: usize = #index;

            #[inline(always)]
            fn cell<__S: #private::State>(slots: &Self::Slots<__S>) -> &__S::Cell<#private::Arc<#ty>> {
                &slots.#cell
            }
        },
    )
}
