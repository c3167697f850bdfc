//! Tokens from checked values. Few rules are left here: what an attribute may stand on, those of interfaces and overrides,
//! and those that need what the services say.

mod container;
mod interface;
mod overriding;
mod service;

pub(crate) use container::{collect, container, finish};
pub(crate) use interface::interface;
pub(crate) use overriding::override_container;
pub(crate) use service::service;

use std::collections::BTreeMap;
use std::sync::Mutex;

use proc_macro::Delimiter;
use proc_macro2::{Ident, TokenStream};

use crate::template::{lex, together, within, word};

/// The hidden macro that travels under a type's own name: types and macros have separate namespaces.
///
/// It says `said` to the next macro of a chain, together with what was said before; `rules` are rules before that one. The
/// exported name is made from the file, so that two types of one name in two modules do not meet; where one file has both,
/// the second is numbered. It says nothing of the line: an edit above a type must not rename its macro, or the compiler
/// would check every container anew that lists it.
fn hidden_macro(name: &Ident, said: &str, rules: TokenStream) -> TokenStream {
    let file = name.span().unwrap().file();
    let file = file.bytes().fold(0u32, |hash, byte| hash.wrapping_mul(31).wrapping_add(u32::from(byte)));
    let exported = numbered(format!("__di_{}_{file:x}", crate::model::service::plain(name)));
    // Raw, because `said_by` does not unescape.
    let mut hashes = String::from("#");
    while said.contains(&format!("\"{hashes}")) {
        hashes.push('#');
    }
    let head = format!("#[doc(hidden)] #[allow(non_local_definitions)] #[macro_export] macro_rules! {exported}");
    let rule = format!(
        "([$next:ident $more:tt] $said:tt) => {{ $next! {{ $more {{ $said r{hashes}\"{said}\"{hashes} }} }} }};"
    );
    let named = format!("#[doc(hidden)] pub use {exported} as {};", word(name));
    if rules.is_empty() {
        return lex(&format!("{head} {{ {rule} }} {named}"));
    }
    together([lex(&head), within(Delimiter::Brace, together([rules, lex(&rule)])), lex(&named)])
}

/// A name that no earlier call got.
fn numbered(name: String) -> String {
    static TAKEN: Mutex<BTreeMap<String, u32>> = Mutex::new(BTreeMap::new());
    let mut taken = TAKEN.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let uses = taken.entry(name.clone()).and_modify(|uses| *uses += 1).or_insert(1);
    if *uses == 1 { name } else { format!("{name}_{uses}") }
}
