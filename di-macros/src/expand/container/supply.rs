//! Dependencies as they are given to a service: expressions.

use proc_macro::Delimiter;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};

use super::wiring::{Wiring, ours};
use crate::graph::{Edge, Kind, Target, Wanted};
use crate::model::said::MemberKind;
use crate::spans::at;
use crate::trees::{Trees, group, sign, stream, trees};

/// Makes expressions that stand in one body.
pub(super) struct Supply<'w> {
    wiring: &'w Wiring<'w>,
    /// In which body.
    body: Body,
    /// The factories around the expression, the outermost first.
    factories: Vec<Captures>,
    /// What is deferred: the variable, and the node that fills it.
    pub(super) lazies: Vec<(Ident, usize)>,
    /// How many names were made up.
    names: usize,
    /// Where what is made stands: at its field.
    span: Span,
    /// The same for what the user may have got wrong: without a word of our macros.
    told: Span,
}

/// Where instances are found.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Body {
    /// In the build at once: in local variables.
    Build,
    /// In the build that awaits some: in local variables, some of which are pending.
    AsyncBuild,
    /// In a method: in the fields of `self`.
    Method,
}

/// What the closure of a factory owns.
struct Captures {
    /// The variables, with what they hold.
    variables: Vec<(Ident, TokenStream)>,
    /// The node that it makes.
    makes: usize,
    /// The handle of the factory itself, if something in it asks for it.
    handle: Option<Ident>,
}

impl<'w> Supply<'w> {
    pub(super) fn new(wiring: &'w Wiring<'w>, body: Body) -> Self {
        Self {
            wiring,
            body,
            factories: Vec::new(),
            lazies: Vec::new(),
            names: 0,
            span: Span::call_site(),
            told: Span::call_site(),
        }
    }

    /// What is made from here on stands at the field of a node.
    pub(super) fn stand_at(&mut self, node: usize) {
        self.told = self.wiring.place(node);
        self.span = ours(self.told);
    }

    pub(super) fn body(&self) -> Body {
        self.body
    }

    /// Where what is made stands.
    pub(super) fn span(&self) -> proc_macro::Span {
        self.span.unwrap()
    }

    /// The same for what the user may have got wrong.
    pub(super) fn place_of_errors(&self) -> proc_macro::Span {
        self.told.unwrap()
    }

    /// The tuple that the constructor of a node takes.
    pub(super) fn dependencies(&mut self, node: usize) -> Trees {
        let mut all = Trees::new();
        let Some(said) = self.wiring.said(node) else { return vec![group(Delimiter::Parenthesis, all)] };
        let (mut edges, mut args) = (0, 0);
        for member in &said.members {
            match member.kind {
                MemberKind::Injected(_) => {
                    all.append(&mut self.dependency(node, edges));
                    edges += 1;
                }
                MemberKind::Arg if !said.flags.is_container => {
                    let argument = self.argument(args);
                    all.append(&mut trees(quote_spanned!(self.told=> __argument(#argument))));
                    args += 1;
                }
                MemberKind::Key => all.append(&mut trees(self.wiring.own_key(node))),
                MemberKind::Arg | MemberKind::Part | MemberKind::Inner => continue,
            }
            all.push(sign(','));
        }
        vec![group(Delimiter::Parenthesis, all)]
    }

    /// What is given for one dependency.
    fn dependency(&mut self, node: usize, edge: usize) -> Trees {
        let wanted = &self.wiring.graph.nodes[node].edges[edge];
        let made = match wanted.target {
            Target::Node(target) | Target::Deferred(target) if wanted.wanted == Wanted::Factory => {
                trees(self.factory(target))
            }
            Target::Node(target) if self.wiring.graph.nodes[target].kind == Kind::Transient => {
                let new = self.transient(target);
                in_form(wanted, trees(quote_spanned!(self.span=> __give(&#new))))
            }
            Target::Typed(ref candidates) => {
                let transients = self.transients_before(node, candidates);
                let kept = self.kept(node, edge, self.factories.len());
                if transients.is_empty() {
                    kept
                } else {
                    trees(self.kept_or_new(node, edge, &transients, &stream(kept)))
                }
            }
            _ => self.kept(node, edge, self.factories.len()),
        };
        match (&wanted.qualifier, &wanted.target) {
            (Some(_), Target::Node(target) | Target::Deferred(target)) => {
                let qualifier = trees(self.wiring.qualifier(*target));
                self.wiring.templates.qualified.fill(self.span(), [qualifier, made])
            }
            _ => made,
        }
    }

    /// A new instance of a transient that is made at once, in an `Arc`.
    pub(super) fn transient(&mut self, node: usize) -> TokenStream {
        let ty = self.wiring.ty(node);
        let dependencies = stream(self.dependencies(node));
        let arc = self.wiring.arc();
        quote!(#arc::new(<#ty as __Construct<_>>::construct(#dependencies)))
    }

    /// What is there already, at a depth of factories.
    fn kept(&mut self, node: usize, edge: usize, depth: usize) -> Trees {
        if depth == 0 {
            return self.at_hand(node, edge);
        }
        let value = stream(self.kept(node, edge, depth - 1));
        let variable = self.name();
        self.factories[depth - 1].variables.push((variable.clone(), value));
        trees(quote!(::core::clone::Clone::clone(&#variable)))
    }

    /// What is there already, outside of every factory.
    fn at_hand(&mut self, node: usize, edge: usize) -> Trees {
        let wiring = self.wiring;
        let wanted = &wiring.graph.nodes[node].edges[edge];
        let span = self.span();
        let templates = &wiring.templates;
        match &wanted.target {
            Target::Node(target) => {
                let place = [self.place(*target)];
                let own = &wiring.graph.nodes[*target];
                match own.kind {
                    _ if own.kind == Kind::Group || own.is_many => templates.give_group.fill(span, place),
                    _ if own.is_optional => templates.give_optional.fill(span, place),
                    Kind::Module => in_form(wanted, templates.give_part.fill(self.told.unwrap(), place)),
                    _ => in_form(wanted, templates.give.fill(span, place)),
                }
            }
            Target::Deferred(target) if self.body == Body::Method => {
                let (place, private) = (stream(self.place(*target)), wiring.private());
                trees(match wiring.graph.nodes[*target].kind {
                    Kind::Module => quote!(#private::filled_part(#place)),
                    _ => quote!(#private::filled(#place)),
                })
            }
            Target::Deferred(target) => {
                let lazy = format_ident!("__lazy_{}_{}", node, edge);
                if !self.lazies.iter().any(|(known, _)| *known == lazy) {
                    self.lazies.push((lazy.clone(), *target));
                }
                trees(quote!(::core::clone::Clone::clone(&#lazy)))
            }
            Target::Absent => trees(wiring.absent(wanted)),
            Target::Typed(candidates) => trees(self.by_type(node, edge, candidates)),
            Target::Missing => trees(quote!(::core::unreachable!())),
        }
    }

    /// The candidate that fits, of those that are there already; where it may be a transient, nothing if it is.
    fn by_type(&mut self, node: usize, edge: usize, candidates: &[usize]) -> TokenStream {
        let wiring = self.wiring;
        let dependency = wiring.dependency_type(node, edge);
        let transients = self.transients_before(node, candidates);
        let before = candidates.iter().filter(|candidate| {
            wiring.is_before(**candidate, node)
                || self.body == Body::Method && wiring.graph.nodes[**candidate].kind != Kind::Transient
        });
        let offers = before.flat_map(|candidate| {
            let offered = if transients.contains(candidate) {
                quote!(examined(dependency))
            } else {
                let place = stream(self.place(*candidate));
                let stored = match wiring.graph.nodes[*candidate].kind {
                    Kind::Module => quote!(Inline),
                    _ => quote!(Shared),
                };
                quote!(of(dependency, __Stored::#stored(#place)))
            };
            let offers = wiring.offers(*candidate, false).into_iter();
            offers.map(move |offer| quote!(.then((&#offer::#offered).offer())))
        });
        let take = if transients.is_empty() { quote!(take) } else { quote!(take_kept) };
        quote! {{
            let dependency = #dependency;
            __Take::#take(__Nobody #(#offers)*)
        }}
    }

    /// The transients among the candidates, which are not there already.
    fn transients_before(&self, node: usize, candidates: &[usize]) -> Vec<usize> {
        let wiring = self.wiring;
        let is_one = |candidate: &usize| {
            wiring.graph.nodes[*candidate].kind == Kind::Transient && wiring.is_before(*candidate, node)
        };
        candidates.iter().copied().filter(is_one).collect()
    }

    /// What is there already, or a new instance of the transient that fits.
    fn kept_or_new(&mut self, node: usize, edge: usize, transients: &[usize], kept: &TokenStream) -> TokenStream {
        let dependency = self.wiring.dependency_type(node, edge);
        let mut offers = TokenStream::new();
        for transient in transients {
            let new = self.transient(*transient);
            for offer in self.wiring.offers(*transient, false) {
                offers.extend(quote!(.then((&#offer::new(dependency, &|| #new)).offer())));
            }
        }
        quote! {
            match #kept {
                ::core::option::Option::Some(kept) => kept,
                ::core::option::Option::None => {
                    let dependency = #dependency;
                    let new = __Take::take(__Nobody #offers);
                    new
                }
            }
        }
    }

    /// A reference to what a node keeps.
    pub(super) fn place(&self, node: usize) -> Trees {
        let kind = self.wiring.graph.nodes[node].kind;
        match self.body {
            Body::AsyncBuild if self.wiring.is_late(node) => {
                let name = self.wiring.name(node);
                trees(match kind {
                    Kind::Module => quote!(&**#name.get()),
                    Kind::Group => quote!(__there(&#name)),
                    _ => quote!(#name.get()),
                })
            }
            Body::Method => {
                let name = self.wiring.name(node);
                trees(quote!(&self.#name))
            }
            Body::Build | Body::AsyncBuild => vec![sign('&'), self.wiring.local(node)],
        }
    }

    /// A factory of what a node makes.
    pub(super) fn factory(&mut self, node: usize) -> TokenStream {
        let krate = &self.wiring.container.krate;
        if let Some(depth) = self.factories.iter().position(|captures| captures.makes == node) {
            // It asks for the factory around it: for that, it gets a handle.
            let handle = self.factories[depth].handle.clone().unwrap_or_else(|| format_ident!("__factory_{}", node));
            self.factories[depth].handle = Some(handle.clone());
            let mut value = quote!(::core::clone::Clone::clone(&#handle));
            for captures in self.factories.iter_mut().skip(depth) {
                self.names += 1;
                let variable = format_ident!("__name_{}", self.names);
                captures.variables.push((variable.clone(), value));
                value = quote!(::core::clone::Clone::clone(&#variable));
            }
            return quote!(#value.factory());
        }
        self.factories.push(Captures { variables: Vec::new(), makes: node, handle: None });
        let (pattern, made) = self.made_by_factory(node);
        let Some(Captures { variables, handle, .. }) = self.factories.pop() else { return TokenStream::new() };
        let variables = variables.iter().map(|(name, value)| quote!(let #name = #value;));
        match handle {
            None => quote!({ #(#variables)* #krate::dependency::Factory::new(move |#pattern| #made) }),
            Some(handle) => quote! {
                #krate::dependency::Factory::cyclic(|#handle| { #(#variables)* move |#pattern| #made })
            },
        }
    }

    /// The arguments of a factory, and what it makes of them: in the mode of the service.
    fn made_by_factory(&mut self, node: usize) -> (TokenStream, TokenStream) {
        let wiring = self.wiring;
        let ty = wiring.ty(node);
        let private = wiring.private();
        let dependencies = stream(self.dependencies(node));
        let Some(said) = wiring.said(node) else { return (quote!(()), quote!(::core::unreachable!())) };
        if said.flags.is_container {
            let has_inputs = said.members.iter().any(|member| member.kind == MemberKind::Arg);
            return if has_inputs {
                let inputs = at(self.told, quote!(__argument(inputs)));
                let pattern = quote_spanned!(self.told=> (inputs,));
                (pattern, quote!(<#ty as __Assemble<_>>::assemble(#dependencies, #inputs)))
            } else {
                let inputs = at(self.told, quote!(#private::no_inputs(inputs)));
                (quote_spanned!(self.told=> inputs), quote!(<#ty as __Assemble<_>>::assemble(#dependencies, #inputs)))
            };
        }
        let count = said.members.iter().filter(|member| member.kind == MemberKind::Arg).count();
        let arguments = (0..count).map(|index| self.argument(index));
        let pattern = quote!((#(#arguments,)*));
        let krate = &wiring.container.krate;
        let name = &said.name;
        let made = match (said.flags.is_async, said.flags.is_fallible) {
            (false, false) => quote!(<#ty as __Construct<_>>::construct(#dependencies)),
            (false, true) => quote! {
                <#ty as #private::TryConstruct<_>>::construct(#dependencies).map_err(#private::making_failed(#name))
            },
            (true, false) => quote! {
                #krate::mode::BuildFuture::new(<#ty as #private::ConstructAsync<_>>::construct(#dependencies))
            },
            (true, true) => quote! {
                #krate::mode::BuildFuture::new(#private::making_failed_async(
                    #name,
                    <#ty as #private::TryConstructAsync<_>>::construct(#dependencies),
                ))
            },
        };
        (pattern, made)
    }

    /// The local variable of a factory's argument.
    fn argument(&self, index: usize) -> Ident {
        format_ident!("__argument_{}", index, span = self.told)
    }

    fn name(&mut self) -> Ident {
        self.names += 1;
        format_ident!("__name_{}", self.names)
    }
}

/// An instance in the form that is asked for.
fn in_form(edge: &Edge, instance: Trees) -> Trees {
    match edge.wanted {
        Wanted::Optional => {
            let instance = stream(instance);
            trees(quote!(::core::option::Option::Some(#instance)))
        }
        _ => instance,
    }
}
