//! Arrows between the files of a crate: which file names something that another one has.
//!
//! Read from the tokens: `use` items, and every path that begins with `crate`, `super` or `self`, wherever it stands, but
//! for what is compiled only for tests. A name that a file only passes on (`pub use`) is followed to the file that has it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::{fs, io};

use proc_macro2::TokenStream;

use crate::named::{File, Named};

/// The sources of one crate.
#[derive(Debug, Default)]
pub struct Sources {
    /// By the path of the module below the crate.
    files: BTreeMap<Vec<String>, File>,
}

impl Sources {
    /// Reads the folder `src` of a crate, without its programs in `bin`.
    ///
    /// # Errors
    ///
    /// A file cannot be read, or is no Rust.
    pub fn read(src: &Path) -> io::Result<Self> {
        let mut paths = Vec::new();
        collect(src, &mut paths)?;
        let mut files = Vec::new();
        for path in paths {
            let text = fs::read_to_string(&path)?;
            let path = path.strip_prefix(src).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            files.push((path, text));
        }
        Self::parse(files)
    }

    /// The same from texts, each with its path below `src`.
    ///
    /// # Errors
    ///
    /// A text is no Rust.
    pub fn parse(files: impl IntoIterator<Item = (String, String)>) -> io::Result<Self> {
        let mut sources = Self::default();
        for (path, text) in files {
            let no_rust = |error| io::Error::other(format!("{path}: {error}"));
            let tokens: TokenStream = text.parse().map_err(no_rust)?;
            let module = module(&path);
            let mut file = File { path: path.clone(), ..File::default() };
            file.read(tokens, &module);
            sources.files.insert(module, file);
        }
        for (module, path) in sources.all(|file| &file.elsewhere) {
            let found = sources.files.iter().find(|(_, file)| file.path == path).map(|(found, _)| found.clone());
            if let Some(file) = found.and_then(|found| sources.files.remove(&found)) {
                sources.files.insert(module, file);
            }
        }
        for module in sources.all(|file| &file.tests) {
            sources.files.retain(|path, _| !path.starts_with(&module));
        }
        Ok(sources)
    }

    /// The paths of all files, below `src`.
    pub fn files(&self) -> impl Iterator<Item = &str> {
        self.files.values().map(|file| file.path.as_str())
    }

    /// From which file to which: the first names something that the second has.
    pub fn arrows(&self) -> BTreeSet<(&str, &str)> {
        let all = self.files.values().flat_map(|file| file.named.iter().map(move |named| (file, named)));
        let arrows = all.filter_map(|(file, named)| Some((file.path.as_str(), self.file_of(named, &[], 0)?)));
        arrows.filter(|(from, to)| from != to).collect()
    }

    /// Files that name each other in a circle, the largest circle first.
    pub fn circles(&self) -> Vec<BTreeSet<&str>> {
        let arrows = self.arrows();
        let reached: BTreeMap<&str, BTreeSet<&str>> = self.files().map(|file| (file, reached(&arrows, file))).collect();
        let circle = |file: &str| {
            let mutual = reached[file].iter().copied().filter(|other| reached[other].contains(file));
            mutual.collect::<BTreeSet<&str>>()
        };
        let circles: BTreeSet<_> = self.files().map(circle).filter(|circle| !circle.is_empty()).collect();
        let mut circles: Vec<_> = circles.into_iter().collect();
        circles.sort_by_key(|circle| std::cmp::Reverse(circle.len()));
        circles
    }

    /// The file that has what a path names, or `rest` below it.
    fn file_of(&self, named: &Named, rest: &[String], passed_on: usize) -> Option<&str> {
        let path = [&named.path, rest].concat();
        let depth = (0..=path.len()).rev().find(|depth| self.files.contains_key(&path[..*depth]))?;
        let file = &self.files[&path[..depth]];
        if depth < named.modules {
            return None;
        }
        let (name, rest) = match path[depth..].split_first() {
            // A few steps; two files that pass on each other's names must not keep this running.
            Some((name, rest)) if passed_on < 8 => (name, rest),
            _ => return Some(&file.path),
        };
        match file.named.iter().find(|named| named.bound.as_ref() == Some(name) && named.path != path[..=depth]) {
            Some(named) => self.file_of(named, rest, passed_on + 1),
            None => Some(&file.path),
        }
    }

    fn all<T: Clone>(&self, of: fn(&File) -> &Vec<T>) -> Vec<T> {
        self.files.values().flat_map(|file| of(file).clone()).collect()
    }
}

/// The files that one file names, and those that they name, and so on.
fn reached<'a>(arrows: &BTreeSet<(&'a str, &'a str)>, from: &'a str) -> BTreeSet<&'a str> {
    let mut reached = BTreeSet::new();
    let mut open = vec![from];
    while let Some(file) = open.pop() {
        let next = arrows.iter().filter(|(from, _)| *from == file).map(|(_, to)| *to);
        open.extend(next.filter(|to| reached.insert(*to)));
    }
    reached
}

/// The module of a file: `graph/mod.rs` is `graph`, `graph/order.rs` is `graph::order`.
fn module(path: &str) -> Vec<String> {
    let parts = path.trim_end_matches(".rs").split('/');
    let parts: Vec<String> = parts.map(str::to_owned).collect();
    match parts.split_last() {
        Some((last, folder)) if last == "mod" || (last == "lib" && folder.is_empty()) => folder.to_vec(),
        _ => parts,
    }
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() && !path.ends_with("bin") {
            collect(&path, found)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sources(files: &[(&str, &str)]) -> Sources {
        Sources::parse(files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))).unwrap()
    }

    /// The files that `a/b.rs` names if this is its text.
    fn named(text: &str) -> Vec<String> {
        let sources = sources(&[
            (
                "lib.rs",
                "mod a; mod c; #[path = \"hidden.rs\"] pub mod __private; pub use a::d::Deep as Renamed; pub use serde::Other;",
            ),
            ("a/mod.rs", "mod b; mod d; mod e; pub use d::Deep; pub struct Own;"),
            ("a/b.rs", text),
            ("a/d.rs", "pub struct Deep;"),
            ("a/e.rs", ""),
            ("c.rs", "pub use crate::a::Deep;"),
            ("hidden.rs", ""),
        ]);
        let arrows = sources.arrows();
        arrows.into_iter().filter(|(from, _)| *from == "a/b.rs").map(|(_, to)| to.to_owned()).collect()
    }

    #[test]
    fn every_form_of_a_path_is_an_arrow() {
        for (text, expected) in [
            ("use crate::c::X;", "c.rs"),
            ("use super::e::{X, Y as Z};", "a/e.rs"),
            ("use super::super::c;", "c.rs"),
            ("pub(crate) use super::{super::c::*};", "c.rs"),
            ("use super::Own;", "a/mod.rs"),
            ("fn f() -> crate::c::X<super::b::Y> {}", "c.rs"),
            ("mod inner { use super::super::e::X; }", "a/e.rs"),
            ("use crate::__private::X;", "hidden.rs"),
            ("println!(\"{}\", crate::c::X);", "c.rs"),
        ] {
            assert_eq!(named(text), [expected], "{text}");
        }
    }

    #[test]
    fn a_name_that_is_passed_on_is_followed_to_its_file() {
        for text in ["use super::Deep;", "use crate::Renamed;", "use crate::c::Deep;", "use crate::{a::Deep as X};"] {
            assert_eq!(named(text), ["a/d.rs"], "{text}");
        }
    }

    #[test]
    fn words_tests_and_other_crates_are_no_arrows() {
        for text in [
            "// use crate::c::X;\nconst X: &str = \"crate::c\";",
            "#[cfg(test)] mod tests { use crate::c::X; }",
            "#[cfg(test)] use crate::c::X;",
            "use std::collections::{self, BTreeMap}; use ::c::X; fn f() { super::super::super::c(); }",
            "macro_rules! m { () => { $crate::c::X } }",
            "use crate::Other;",
            "use super::b::X; use self::Y; mod inner { use super::Z; }",
        ] {
            assert_eq!(named(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn circles_are_found_and_the_largest_is_first() {
        let sources = sources(&[
            ("lib.rs", "mod a; mod b; mod c; mod d; mod e;"),
            ("a.rs", "use crate::b::B;"),
            ("b.rs", "use crate::a::A;"),
            ("c.rs", "use crate::d::D; use crate::a::A;"),
            ("d.rs", "use crate::e::E;"),
            ("e.rs", "use crate::c::C;"),
        ]);
        let circles = sources.circles();
        assert_eq!(circles, [BTreeSet::from(["c.rs", "d.rs", "e.rs"]), BTreeSet::from(["a.rs", "b.rs"])]);
    }

    #[test]
    fn modules_that_are_only_for_tests_are_left_out() {
        let sources =
            sources(&[("lib.rs", "mod a; #[cfg(test)] mod model;"), ("a.rs", ""), ("model.rs", "use crate::a::X;")]);
        assert_eq!(sources.files().collect::<Vec<_>>(), ["lib.rs", "a.rs"]);
    }
}
