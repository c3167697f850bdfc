//! The hidden macro that travels under a type's own name: what it is called, and what it says.

use std::collections::BTreeMap;
use std::sync::Mutex;

use proc_macro::Delimiter;
use proc_macro2::{Ident, TokenStream};

use crate::template::{lex, together, within, word};

/// The macro, under the type's name: types and macros have separate namespaces.
///
/// It says `said` to the next macro of a chain, together with what was said before; `rules` are rules before that one. Those
/// of services, which have no more rules, come out of `write_service!`.
pub(super) fn hidden_macro(name: &Ident, said: &str, rules: TokenStream) -> TokenStream {
    let exported = exported(name);
    let head = format!("#[doc(hidden)] #[allow(non_local_definitions)] #[macro_export] macro_rules! {exported}");
    let rule = format!("([$next:ident $more:tt] $said:tt) => {{ $next! {{ $more {{ $said {} }} }} }};", literal(said));
    let named = format!("#[doc(hidden)] pub use {exported} as {};", word(name));
    together([lex(&head), within(Delimiter::Brace, together([rules, lex(&rule)])), lex(&named)])
}

/// The name under which a type's hidden macro is exported.
///
/// It is made from the file, so that two types of one name in two modules do not meet; where one file has both, the second
/// is numbered. It says nothing of the line: an edit above a type must not rename its macro, or the compiler would check
/// every container anew that lists it.
pub(super) fn exported(name: &Ident) -> String {
    let file = name.span().unwrap().file();
    let mut hash = 0u32;
    for byte in file.as_bytes() {
        hash = hash.wrapping_mul(31).wrapping_add(u32::from(*byte));
    }
    numbered(format!("__di_{}_{hash:x}", crate::model::service::plain(name)))
}

/// The literal of what a type says; raw, because `said_by` does not unescape.
pub(super) fn literal(said: &str) -> String {
    let mut hashes = String::from("#");
    while said.contains('"') && said.contains(&format!("\"{hashes}")) {
        hashes.push('#');
    }
    format!("r{hashes}\"{said}\"{hashes}")
}

/// A name that no earlier call got.
fn numbered(name: String) -> String {
    static TAKEN: Mutex<BTreeMap<String, u32>> = Mutex::new(BTreeMap::new());
    let mut taken = TAKEN.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let uses = taken.entry(name.clone()).and_modify(|uses| *uses += 1).or_insert(1);
    if *uses == 1 { name } else { format!("{name}_{uses}") }
}
