//! A container as a service of another one.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::super::{container_parameter, hidden_macro, index, text_option};
use super::assembly::inherited;
use super::listed::key_of;
use crate::editor::is_the_editor;
use crate::model::container::{Container, Limit};
use crate::model::dependency::Wanted;
use crate::model::listed::{Field, Kind, Shape};
use crate::spans::Caret;
use crate::text::text;

/// A container is a service: it needs what it inherits, and it provides what it exports.
pub(super) fn as_a_service(container: &Container) -> TokenStream {
    let Container { krate, name, inputs, .. } = container;
    let private = quote!(#krate::__private);
    let text_of_name = name.to_string();
    let interfaces = container.exports.iter().map(text);
    let members = container.of_kind(Kind::Inherit).map(|field| {
        let (name, key, wanted) = (field.plain_name(), key_of(field), wanted(field));
        let qualifier = text_option(field.qualifier.as_ref().map(text));
        quote!(#private::Member { name: #name, key: #key, wanted: #private::Wanted::#wanted, qualifier: #qualifier })
    });
    let (deps, _) = inherited(container);
    let (args, pattern, value) = if container.has_inputs() {
        (quote!((#inputs,)), quote!((inputs,)), quote!(inputs))
    } else {
        (quote!(()), quote!(()), quote!(#inputs {}))
    };
    let parameter = container_parameter(name);
    let slots = container.exports.iter().enumerate().map(|(number, interface)| {
        let number = index(krate, number);
        let key = text(interface);
        let check = Caret::under(interface).constant(
            quote!(#private::check::export::<#name>),
            quote!(#private::Probe::<#name, #private::Arc<#interface>>::TARGET, #key),
        );
        quote! {
            const _: () = {
                #[allow(unused_imports)]
                use #private::{CannotExport as _, Unanswered as _};

                #[automatically_derived]
                impl<#parameter> #krate::Export<#number, #parameter> for #name {
                    type Object = #interface;

                    #[inline(always)]
                    fn see(&self, way: #private::Way) -> #private::Instance<'_, Self::Object> {
                        #private::Exported::<Self, #interface>::see(self, way)
                    }
                }
                #check
            };
        }
    });
    let hidden = hidden_macro(name, arms(container));
    let mode = mode(container);
    quote! {
        #[automatically_derived]
        impl #krate::Service for #name {
            const INFO: #krate::ServiceInfo =
                #krate::ServiceInfo::of::<Self>(#text_of_name, &[#(#interfaces),*], &[#(#members),*]);
            type Deps = #deps;
            type Args = #args;
            type Mode = #mode;

            #[inline]
            fn construct<__H: #private::Hold<Self>>(deps: Self::Deps, #pattern: Self::Args, _: #private::Key) -> #private::Made<__H> {
                #private::nested::<Self, __H>(deps, #value)
            }
        }
        #(#slots)*
        #hidden
    }
}

/// Whether building it takes a future or can fail: constants of the graph. The editor does not evaluate those, and would not
/// know what `build` returns; for it, the modes of what is built are put together as types.
fn mode(container: &Container) -> TokenStream {
    let Container { krate, name, .. } = container;
    let private = quote!(#krate::__private);
    if is_the_editor() {
        let built = container.fields.iter().filter(|field| matches!(field.kind, Kind::Service | Kind::Module));
        let modes: Vec<_> = built.map(|Field { ty, .. }| quote!(<#ty as #krate::Service>::Mode)).collect();
        return one_after_the_other(&private, &modes);
    }
    quote! {
        #private::Mode<
            { <#name as #krate::Container>::GRAPH.is_async() },
            { <#name as #krate::Container>::GRAPH.is_fallible() },
        >
    }
}

/// The mode of all, halved again and again: a chain of hundreds would be too deep a type.
fn one_after_the_other(private: &TokenStream, modes: &[TokenStream]) -> TokenStream {
    match modes {
        [] => quote!(#private::Mode<false, false>),
        [mode] => mode.clone(),
        _ => {
            let (first, second) = modes.split_at(modes.len() / 2);
            let (first, second) = (one_after_the_other(private, first), one_after_the_other(private, second));
            quote!(<#first as #private::Then<#second>>::Mode)
        }
    }
}

/// The counts for a container around this one, and the definition for one that is derived from it.
fn arms(container: &Container) -> TokenStream {
    let interfaces = container.exports.len();
    let needs = container.of_kind(Kind::Inherit).count();
    let args: Vec<_> = container.of_kind(Kind::Input).map(Field::plain_name).collect();
    let definition = &container.definition;
    quote! {
        (@definition [$($callback:tt)*] $($rest:tt)*) => {
            $($callback)*! { { #definition } $($rest)* }
        };
        ([$($callback:tt)*] $($field:tt)*) => {
            $($callback)*! {
                { interfaces [#interfaces] needs [#needs] args [#(#args),*] key [false] at_once [true] }
                $($field)*
            }
        };
    }
}

/// DI0008 and DI0010: the build is what it is pinned to be, and the graph keeps its limits.
pub(super) fn pinned(container: &Container) -> TokenStream {
    let Container { krate, name, .. } = container;
    let build = container.build.iter().map(|build| {
        let word = &build.word;
        Caret::under(word).constant(quote!(#krate::__private::check::#word::<#name>), TokenStream::new())
    });
    let limits = container.limits.iter().map(|limit| {
        let Limit { rule, percent } = limit;
        Caret::under(percent).constant(quote!(#krate::__private::check::#rule::<#name>), quote!(#percent))
    });
    let shown = shown(container);
    quote!(#(#build)* #(#limits)* #shown)
}

/// What the graph looks like to the compiler, for who asks with `DI_SHOW_GRAPH=App` or `DI_SHOW_GRAPH=1`.
fn shown(container: &Container) -> Option<TokenStream> {
    let Container { krate, name, .. } = container;
    let asked = std::env::var("DI_SHOW_GRAPH").ok()?;
    (asked == "1" || name == &asked)
        .then(|| Caret::under(name).constant(quote!(#krate::__private::check::show::<#name>), TokenStream::new()))
}

fn wanted(field: &Field) -> Ident {
    let wanted = match field.shape() {
        Shape::Many(_) => Wanted::Many,
        Shape::Optional(_) => Wanted::Optional,
        Shape::Arc(_) | Shape::Value => Wanted::One,
    };
    format_ident!("{}", format!("{wanted:?}"))
}
