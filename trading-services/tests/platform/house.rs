//! The arrows between the folders of the crate, and the page of its interfaces.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Folders that meet only through `ports`.
const FEATURES: [&str; 10] =
    ["analysis", "api", "data", "execution", "modules", "monitoring", "portfolio", "risk", "store", "strategy"];

/// Files of the crate that know nothing and may be used by all.
const SMALL: [&str; 4] = ["input", "output", "panics", "sync"];

/// Whether code in `folder` may name `path`, which begins below the crate: `ports::IClock`.
fn may_name(folder: &str, path: &str) -> bool {
    let target = path.split("::").next().unwrap_or_default();
    let is_settings = path.split("::").any(|part| part.ends_with("Settings"));
    let is_low = matches!(target, "model" | "ports") || SMALL.contains(&target);
    match folder {
        _ if target == folder => true,
        "model" => false,
        "ports" => target == "model",
        // It only assembles the sections.
        "config" => is_low || is_settings,
        "venues" => is_low,
        feature if FEATURES.contains(&feature) => is_low,
        "engine" => !matches!(target, "config" | "app"),
        "app" | "lib" | "prelude" => true,
        small if SMALL.contains(&small) => false,
        unknown => panic!("`src/{unknown}` is no room of the house: add it to the rules of {}", file!()),
    }
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("bin") {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// What the code of a file is without its comments and its tests.
fn code(text: &str) -> String {
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    let lines = code.lines().map(|line| line.split("//").next().unwrap_or_default());
    lines.map(|line| format!("{}\n", line.trim_end())).collect()
}

/// The paths in a tree: `a::{b, c::{d}}` has `a::b` and `a::c::d`.
fn leaves(tree: &str) -> Vec<String> {
    let Some((prefix, rest)) = tree.split_once('{') else { return vec![tree.trim().to_owned()] };
    let (mut depth, mut part, mut found) = (0, String::new(), Vec::new());
    for letter in rest.chars() {
        match letter {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            _ => {}
        }
        if letter == ',' && depth == 0 {
            found.push(std::mem::take(&mut part));
        } else {
            part.push(letter);
        }
    }
    found.push(part);
    let full = found.iter().filter(|part| !part.trim().is_empty()).flat_map(|part| leaves(part.trim()));
    full.map(|leaf| format!("{}{leaf}", prefix.trim())).collect()
}

/// Every path of the crate that the code of a file names, below the crate; `module` is where the file is.
fn named(code: &str, module: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for (start, _) in code.match_indices("crate::").chain(code.match_indices("super::")) {
        if code[..start].ends_with(|before: char| before.is_alphanumeric() || matches!(before, '_' | ':' | '$')) {
            continue;
        }
        let rest = &code[start..];
        let is_use = code[..start].trim_end().ends_with("use");
        let end = if is_use {
            rest.find(';').unwrap_or(rest.len())
        } else {
            rest.find(|letter: char| !letter.is_alphanumeric() && !matches!(letter, '_' | ':')).unwrap_or(rest.len())
        };
        let mut tree = rest[..end].replace('\n', " ");
        let mut above = module.to_vec();
        while let Some(rest) = tree.strip_prefix("super::") {
            above.pop();
            tree = rest.to_owned();
        }
        if let Some(rest) = tree.strip_prefix("crate::") {
            (tree, above) = (rest.to_owned(), Vec::new());
        }
        let prefix: String = above.iter().map(|part| format!("{part}::")).collect();
        found.extend(leaves(&tree).into_iter().map(|leaf| format!("{prefix}{leaf}")));
    }
    found
}

fn wrong_arrows(file: &str, text: &str) -> Vec<String> {
    let module: Vec<_> = file.trim_end_matches(".rs").split('/').filter(|part| *part != "mod").collect();
    let folder = module[0];
    let paths = named(&code(text), &module).into_iter();
    paths.filter(|path| !may_name(folder, path)).map(|path| format!("src/{file} names crate::{path}")).collect()
}

#[test]
fn every_arrow_between_the_folders_points_the_right_way() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    assert!(files.len() > 80, "{files:?}");
    let mut wrong = Vec::new();
    for path in files {
        let file = path.strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/");
        wrong.extend(wrong_arrows(&file, &fs::read_to_string(&path).unwrap()));
    }
    assert!(wrong.is_empty(), "model <- ports <- features <- engine <- app, but\n{}", wrong.join("\n"));
}

#[test]
fn nobody_but_the_store_speaks_to_a_database() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    let speaks = |path: &PathBuf| fs::read_to_string(path).unwrap().contains("sqlx::");
    let (inside, outside): (Vec<_>, Vec<_>) =
        files.into_iter().filter(speaks).partition(|path| path.starts_with(root.join("store")));
    assert!(inside.len() > 10 && outside.is_empty(), "{outside:?}");
}

#[test]
fn an_arrow_that_points_the_wrong_way_is_named() {
    let cases = [
        ("model/x.rs", "use crate::ports::IClock;", "src/model/x.rs names crate::ports::IClock"),
        (
            "ports/x.rs",
            "use crate::{model::Side,\n data::{self, OrderBook}};",
            "src/ports/x.rs names crate::data::self",
        ),
        ("data/x.rs", "use super::super::venues::Settings;", "src/data/x.rs names crate::venues::Settings"),
        ("venues/a/x.rs", "fn f(_: crate::data::OrderBook) {}", "src/venues/a/x.rs names crate::data::OrderBook"),
        ("config/x.rs", "use crate::data::OrderBook;", "src/config/x.rs names crate::data::OrderBook"),
        ("engine/x.rs", "use crate::app::TradingApp;", "src/engine/x.rs names crate::app::TradingApp"),
    ];
    for (file, text, expected) in cases {
        assert_eq!(wrong_arrows(file, text).first().map(String::as_str), Some(expected), "{text}");
    }
    for (file, text) in [
        ("config/x.rs", "use crate::data::Settings;"),
        ("engine/x.rs", "use crate::data::OrderBook;"),
        (
            "data/x.rs",
            "// use crate::venues::X;\nuse super::Settings;\n#[cfg(test)]\nmod tests { use crate::engine::X; }",
        ),
    ] {
        assert!(wrong_arrows(file, text).is_empty(), "{text}");
    }
}

/// The methods of every interface in `ports`, by the name of the interface.
fn interfaces() -> BTreeMap<String, Vec<String>> {
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/ports"), &mut files);
    let mut found = BTreeMap::new();
    for file in files {
        let code = code(&fs::read_to_string(file).unwrap());
        for part in code.split("#[di_core::interface]\n").skip(1) {
            let name = part.strip_prefix("pub trait ").unwrap();
            let name = name.split(|letter: char| !letter.is_alphanumeric()).next().unwrap();
            let body = part.split("\n}\n").next().unwrap();
            let methods = body.lines().filter_map(|line| {
                let method = line.trim().strip_prefix("async ").unwrap_or(line.trim()).strip_prefix("fn ")?;
                method.split(['(', '<']).next().map(str::to_owned)
            });
            found.insert(name.to_owned(), methods.collect());
        }
    }
    found
}

#[test]
fn the_page_of_interfaces_lists_every_one_with_its_methods() {
    let page = include_str!("../../../docs/interfaces.md");
    let rows = page.lines().filter_map(|line| line.strip_prefix("| `"));
    let written: BTreeMap<_, _> = rows
        .map(|row| {
            let (name, rest) = row.split_once("` | ").unwrap();
            let methods = rest.split(" | ").next().unwrap().split(", ").filter(|method| *method != "-");
            (name.to_owned(), methods.map(|method| method.trim_matches('`').to_owned()).collect::<Vec<_>>())
        })
        .collect();
    assert_eq!(written, interfaces());
}
