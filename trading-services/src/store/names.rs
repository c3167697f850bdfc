//! Names that the program itself has given, read back from rows.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

/// More names than a program has; a database that has more was not written by one.
const MOST: usize = 1_024;

static NAMES: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());

/// The same name, for as long as the program runs. Each is kept once.
pub(in crate::store) fn interned(name: &str) -> &'static str {
    let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = names.get(name) {
        return known;
    }
    if names.len() >= MOST {
        return "unknown";
    }
    let name: &'static str = Box::leak(name.to_owned().into_boxed_str());
    names.insert(name);
    name
}
