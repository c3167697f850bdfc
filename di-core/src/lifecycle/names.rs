//! Names of the services of a plan, so that each means one of them.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};

/// What a service may be called, the shortest name first.
#[derive(Debug, Clone)]
pub(super) struct Name {
    /// The name by which its own container tells it from the others that it holds.
    pub(super) plain: &'static str,
    /// The fields of the modules around it, the outermost first.
    pub(super) path: Vec<&'static str>,
    /// Its own field: with the path before it, nothing else is called so.
    pub(super) field: &'static str,
}

/// The shortest names of which no two are the same: `Feed`, or `bybit.Feed`, or `bybit.feed`.
pub(super) fn settle(names: &[Name]) -> Vec<&'static str> {
    let mut spelt: Vec<String> = names.iter().map(|name| name.plain.to_owned()).collect();
    for longer in [in_its_module, by_its_field] {
        for place in not_unique(&spelt) {
            spelt[place] = longer(&names[place]);
        }
    }
    // A type may be called like a field elsewhere: then its place in the plan tells them apart.
    for place in not_unique(&spelt) {
        spelt[place] = format!("{} #{}", spelt[place], place + 1);
    }
    spelt.iter().zip(names).map(|(spelt, name)| if spelt == name.plain { name.plain } else { kept(spelt) }).collect()
}

fn in_its_module(name: &Name) -> String {
    dotted(&name.path, name.plain)
}

fn by_its_field(name: &Name) -> String {
    dotted(&name.path, name.field)
}

fn dotted(path: &[&'static str], last: &'static str) -> String {
    path.iter().copied().chain([last]).collect::<Vec<_>>().join(".")
}

/// The places of names that another one has, too.
fn not_unique(names: &[String]) -> Vec<usize> {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for name in names {
        *counts.entry(name).or_default() += 1;
    }
    (0..names.len()).filter(|&place| counts[names[place].as_str()] > 1).collect()
}

/// The name for as long as the program runs, kept once.
///
/// What containers a program has, and so which names, is decided when it is compiled: this set does not grow beyond
/// them, however many containers are built.
fn kept(name: &str) -> &'static str {
    static KEPT: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = kept.get(name) {
        return known;
    }
    let name: &'static str = String::from(name).leak();
    kept.insert(name);
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(path: &[&'static str], plain: &'static str, field: &'static str) -> Name {
        Name { plain, path: path.to_vec(), field }
    }

    #[test]
    fn a_name_is_as_short_as_it_can_be() {
        let names = [name(&[], "Clock", "clock"), name(&["bybit"], "Feed", "feed"), name(&["okx"], "Feed", "feed")];
        assert_eq!(settle(&names), ["Clock", "bybit.Feed", "okx.Feed"]);
    }

    #[test]
    fn what_stands_outside_of_modules_keeps_its_short_name() {
        let names = [name(&[], "Feed", "feed"), name(&["okx", "inner"], "Feed", "feed")];
        assert_eq!(settle(&names), ["Feed", "okx.inner.Feed"]);
    }

    #[test]
    fn a_type_that_is_called_like_a_field_is_told_apart() {
        let names = [name(&[], "feed", "feed"), name(&[], "feed", "other")];
        assert_eq!(settle(&names), ["feed", "other"]);
        let hopeless = [name(&[], "feed", "feed"), name(&[], "feed", "feed")];
        assert_eq!(settle(&hopeless), ["feed #1", "feed #2"]);
    }

    #[test]
    fn a_name_is_kept_once() {
        assert!(std::ptr::eq(kept("a.b"), kept("a.b")));
    }
}
