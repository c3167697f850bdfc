//! Floors of a crate, and the arrows between its files that point up.

use std::collections::{BTreeMap, BTreeSet};

use crate::Sources;

/// Files that know each other and the floors that they stand on.
#[derive(Debug, Clone, Copy)]
pub struct Floor {
    /// For messages.
    pub name: &'static str,
    /// The floors that its files may name, and with them all that those stand on.
    pub stands_on: &'static [&'static str],
    /// Paths below `src`: of files, or of folders with a slash at the end. The longest that fits counts.
    pub files: &'static [&'static str],
}

/// All floors of a crate.
#[derive(Debug)]
pub struct Floors(BTreeMap<&'static str, Floor>);

impl Floors {
    /// From a table.
    ///
    /// # Panics
    ///
    /// A floor stands on one that is not in the table.
    pub fn new(table: &[Floor]) -> Self {
        let floors: BTreeMap<_, _> = table.iter().map(|floor| (floor.name, *floor)).collect();
        for floor in table {
            for below in floor.stands_on {
                assert!(floors.contains_key(below), "`{}` stands on `{below}`, which is no floor", floor.name);
            }
        }
        Self(floors)
    }

    /// What is wrong with the arrows of a crate: those that point up, but for the known ones, and what the tables say
    /// without need. A known arrow is from a file or folder to a file or folder.
    pub fn faults(&self, sources: &Sources, known: &[(&str, &str)]) -> Vec<String> {
        let mut faults: Vec<String> = Vec::new();
        for file in sources.files().filter(|file| self.of(file).is_none()) {
            faults.push(format!("{file} stands on no floor: add it to the table"));
        }
        let mut needed = BTreeSet::new();
        for (from, to) in sources.arrows() {
            let (Some(floor), Some(target)) = (self.of(from), self.of(to)) else { continue };
            if self.may_name(floor, target) {
                continue;
            }
            let fits = |(of, on): &(&str, &str)| covers(of, from) && covers(on, to);
            if known.iter().filter(|known| fits(known)).map(|known| needed.insert(*known)).count() == 0 {
                faults.push(format!(
                    "{from} ({}) names {to} ({}): the arrow points up or beside",
                    floor.name, target.name
                ));
            }
        }
        for (from, to) in known.iter().filter(|known| !needed.contains(*known)) {
            faults.push(format!("{from} does not name {to} any more: take it out of the known arrows"));
        }
        for path in self.0.values().flat_map(|floor| floor.files) {
            if !sources.files().any(|file| covers(path, file)) {
                faults.push(format!("{path} is in the table and not in the crate"));
            }
        }
        faults
    }

    /// The floor of a file.
    fn of(&self, file: &str) -> Option<&Floor> {
        let longest = |floor: &Floor| floor.files.iter().filter(|path| covers(path, file)).map(|path| path.len()).max();
        let fitting = self.0.values().filter_map(|floor| Some((longest(floor)?, floor)));
        fitting.max_by_key(|(length, _)| *length).map(|(_, floor)| floor)
    }

    fn may_name(&self, floor: &Floor, target: &Floor) -> bool {
        floor.name == target.name
            || floor.stands_on.iter().filter_map(|below| self.0.get(below)).any(|below| self.may_name(below, target))
    }
}

/// Whether a path of a table, a file or a folder, has this file.
fn covers(path: &str, file: &str) -> bool {
    path == file || (path.ends_with('/') && file.starts_with(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &[Floor] = &[
        Floor { name: "data", stands_on: &[], files: &["graph/"] },
        Floor { name: "core", stands_on: &["data"], files: &["service.rs", "graph/walk.rs"] },
        Floor { name: "events", stands_on: &["core"], files: &["events.rs"] },
        Floor { name: "lifecycle", stands_on: &["core"], files: &["lifecycle.rs"] },
        Floor { name: "root", stands_on: &["events", "lifecycle"], files: &["lib.rs"] },
    ];

    fn sources(files: &[(&str, &str)]) -> Sources {
        let root = ("lib.rs", "mod graph; mod service; mod events; mod lifecycle; pub use service::Service;");
        let mut all: BTreeMap<&str, &str> = BTreeMap::from([
            root,
            ("graph/mod.rs", "mod walk;"),
            ("graph/walk.rs", ""),
            ("service.rs", ""),
            ("events.rs", ""),
            ("lifecycle.rs", ""),
        ]);
        all.extend(files.iter().copied());
        Sources::parse(all.into_iter().map(|(path, text)| (path.to_owned(), text.to_owned()))).unwrap()
    }

    fn faults(files: &[(&str, &str)], known: &[(&str, &str)]) -> Vec<String> {
        Floors::new(TABLE).faults(&sources(files), known)
    }

    #[test]
    fn arrows_that_point_down_are_right_however_far() {
        let files = [("events.rs", "use crate::graph::Graph; use crate::{Service, service::Other};")];
        assert_eq!(faults(&files, &[]), [""; 0]);
    }

    #[test]
    fn an_arrow_that_points_up_or_beside_is_named() {
        let up = [("graph/mod.rs", "fn f(service: &crate::Service) {}")];
        assert_eq!(faults(&up, &[]), ["graph/mod.rs (data) names service.rs (core): the arrow points up or beside"]);
        let beside = [("events.rs", "use super::lifecycle::{self, Stop};")];
        assert_eq!(
            faults(&beside, &[]),
            ["events.rs (events) names lifecycle.rs (lifecycle): the arrow points up or beside"]
        );
        let longest = [("graph/mod.rs", "use walk::Walk;"), ("graph/walk.rs", "use crate::service::Service;")];
        assert_eq!(
            faults(&longest, &[]),
            ["graph/mod.rs (data) names graph/walk.rs (core): the arrow points up or beside"]
        );
    }

    #[test]
    fn a_known_arrow_is_allowed_as_long_as_there_is_one() {
        let up = [("graph/mod.rs", "use crate::service::Service;")];
        assert_eq!(faults(&up, &[("graph/", "service.rs")]), [""; 0]);
        assert_eq!(
            faults(&[], &[("graph/", "service.rs")]),
            ["graph/ does not name service.rs any more: take it out of the known arrows"]
        );
    }

    #[test]
    fn the_table_has_every_file_and_no_other() {
        assert_eq!(faults(&[("new.rs", "")], &[]), ["new.rs stands on no floor: add it to the table"]);
        let table = [TABLE, &[Floor { name: "gone", stands_on: &[], files: &["gone/"] }]].concat();
        assert_eq!(Floors::new(&table).faults(&sources(&[]), &[]), ["gone/ is in the table and not in the crate"]);
    }
}
