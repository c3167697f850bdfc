//! DI0007: what keeps a trait from being an object, as far as its text tells.

use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;

use crate::errors::{Code, Errors};
use crate::parse::trait_tokens::{Member, Method, Receiver, Sized, TraitTokens};

/// One thing that no object can have.
struct Fault {
    /// What is underlined.
    at: TokenStream,
    why: String,
    help: &'static str,
}

/// Reports what keeps it from being an object, each at the place that does. Returned are the names of the functions and types
/// with such a fault: they would have none if they said `where Self: Sized`.
pub(crate) fn check<'a>(item: &'a TraitTokens, errors: &mut Errors) -> Vec<&'a Ident> {
    let mut report = |Fault { at, why, help }| {
        let message = format!("`{}` cannot be made into an object: {why}\n\n  help: {help}", item.name);
        errors.report(at, Code::DI0007, message);
    };
    if item.sized == Sized::Yes {
        let clause: TokenStream = item.clause.iter().skip(1).cloned().collect();
        let help = "write the clause at the methods that need it";
        report(fault(&clause, "it asks for `Self: Sized`".to_owned(), help));
    }
    let mut refused = Vec::new();
    for member in &item.members {
        let faults = of_member(member);
        if let (Member::Type { name, .. } | Member::Method(Method { name, .. }), false) = (member, faults.is_empty()) {
            refused.push(name);
        }
        faults.into_iter().for_each(&mut report);
    }
    refused
}

/// Whether only the compiler knows if the trait is an object.
pub(crate) fn is_unsure(item: &TraitTokens) -> bool {
    let is_unsure = |member: &Member| match member {
        Member::Const { .. } => false,
        Member::Type { sized, .. } => *sized == Sized::Perhaps,
        Member::Method(method) => {
            method.sized == Sized::Perhaps || method.sized == Sized::No && method.receiver == Receiver::Other
        }
        Member::Conditional { .. } => true,
    };
    !item.bounds.is_empty() || item.sized == Sized::Perhaps || item.members.iter().any(is_unsure)
}

fn fault(at: impl ToTokens, why: String, help: &'static str) -> Fault {
    Fault { at: at.into_token_stream(), why, help }
}

fn of_member(member: &Member) -> Vec<Fault> {
    match member {
        Member::Const { name, tokens } => {
            vec![fault(tokens, format!("it has the constant `{name}`"), "make it a method that returns the value")]
        }
        Member::Type { name, has_params: true, sized: Sized::No } => {
            let help = "make each of them an interface of its own";
            vec![fault(name, format!("the type `{name}` has parameters"), help)]
        }
        Member::Method(method) if method.sized == Sized::No => of_method(method),
        Member::Type { .. } | Member::Method(_) | Member::Conditional { .. } => Vec::new(),
    }
}

fn of_method(method: &Method) -> Vec<Fault> {
    const OBJECT: &str = "take a trait object instead, or write `where Self: Sized`";
    let name = &method.name;
    let mut faults = Vec::new();
    if !method.has_receiver {
        faults.push(fault(name, format!("`{name}` has no `self`"), "give it `&self`, or write `where Self: Sized`"));
    }
    if method.receiver == Receiver::Refused {
        let why = format!("`{name}` takes a reference to what holds `Self`");
        faults.push(fault(name, why, "take `&self`, or write `where Self: Sized`"));
    }
    if let Some((param, tokens)) = &method.type_param {
        faults.push(fault(tokens, format!("`{name}` is generic over `{param}`"), OBJECT));
    }
    let words = [
        (&method.taken_impl, "takes an `impl ..`, which is generic", OBJECT),
        (&method.taken_self, "takes another `Self`", OBJECT),
        (&method.returned_impl, "returns an `impl ..`", "return a `Box<dyn ..>`, or write `where Self: Sized`"),
        (&method.returned_self, "returns `Self`", "return an `Arc<dyn ..>`, or write `where Self: Sized`"),
    ];
    for (word, does, help) in words {
        faults.extend(word.as_ref().map(|word| fault(word, format!("`{name}` {does}"), help)));
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_objects_cannot_have_is_kept_out_of_them() {
        let written =
            "trait I { fn a() -> u8 { 1 } fn b(&self, x: &Self) where u8: Copy; fn c(&self); type Item<T>: Copy; }";
        let read = TraitTokens::read(&written.parse().unwrap()).unwrap();
        let mut errors = Errors::default();
        let refused = check(&read, &mut errors);
        assert!(!errors.is_empty());
        assert_eq!(
            read.body_for_objects(&refused).to_string().replace(' ', ""),
            "{fna()->u8whereSelf:::core::marker::Sized,{1}fnb(&self,x:&Self)whereSelf:::core::marker::Sized,u8:Copy;\
             fnc(&self);typeItem<T>:CopywhereSelf:::core::marker::Sized,;}"
        );
    }
}
