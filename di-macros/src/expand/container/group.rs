//! The members of a group, gathered once they are built.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::Type;

use super::supply::Supply;
use super::wiring::Wiring;
use crate::model::listed::{Field, Kind as Listed};
use crate::trees::stream;

impl Wiring<'_> {
    /// The members of a group in declaration order; a module's members stand where the module does.
    pub(super) fn group(&self, supply: &mut Supply<'_>, node: usize) -> TokenStream {
        let (krate, private) = (&self.container.krate, self.private());
        let Some(group) = self.container.groups.get(node - self.container.fields.len()) else {
            return TokenStream::new();
        };
        let interface = &group.interface;
        let fields: Vec<(usize, &Field)> =
            group.members.iter().filter_map(|member| Some((*member, self.field(*member)?))).collect();
        let key = |field: &Field| match field.group.as_ref().and_then(|membership| membership.key.as_ref()) {
            Some(key) => quote!(::core::option::Option::Some(#key)),
            None => quote!(::core::option::Option::None),
        };
        let one = |supply: &Supply<'_>, member: usize, field: &Field| {
            let (key, place, kept) =
                (key(field), stream(supply.place(member)), super::item::kept_type(self.container, field));
            // What the types say of it is that the service implements the interface: it need not list it.
            let given = match &field.product {
                // An interface is all that is known of what the function returns.
                Some(Type::TraitObject(_)) => quote_spanned!(self.span(member)=> __give::<_, #interface>(#place)),
                Some(product) => {
                    let ty = &field.ty;
                    quote_spanned! {self.span(member)=> {
                        let value = <#ty as #private::Provider<#product>>::value(#place);
                        let member: __Arc<#interface> = <__Arc<#product> as ::core::clone::Clone>::clone(value);
                        member
                    }}
                }
                None => {
                    let cloned = quote_spanned!(self.place(member)=> <#kept as ::core::clone::Clone>::clone(#place));
                    quote_spanned!(self.span(member)=> { let member: __Arc<#interface> = #cloned; member })
                }
            };
            quote!((#key, #given))
        };
        if fields.iter().all(|(_, field)| field.kind != Listed::Module) {
            let members = fields.iter().map(|(member, field)| one(supply, *member, field));
            return quote!(#krate::dependency::Many::<#interface>::of([#(#members),*]));
        }
        let members = fields.iter().map(|(member, field)| {
            if field.kind == Listed::Module {
                let (key, place, ty) = (key(field), stream(supply.place(*member)), &field.ty);
                quote_spanned! {self.span(*member)=>
                    (&#private::ModuleMembers::<#ty, #interface>::of(#place)).add(#key, &mut members);
                }
            } else {
                let one = one(supply, *member, field);
                quote!(members.push(#one);)
            }
        });
        quote! {{
            #[allow(unused_imports)]
            use #private::{ManyMembers as _, OneMember as _};
            let mut members = #private::Vec::new();
            #(#members)*
            #krate::dependency::Many::<#interface>::new(members)
        }}
    }
}
