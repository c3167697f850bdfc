//! The list of promises, `docs/conformance.md`, against the conformance suite that proves them.
//!
//! `UPDATE_LIST=1 cargo test -p di-tests --test conformance_list` writes it anew.
#![expect(clippy::unwrap_used, reason = "a test that cannot read its files has failed")]

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The files of a folder whose names end so, sorted.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = entries.filter(|path| path.to_string_lossy().ends_with(ending)).collect();
    files.sort();
    files
}

/// The first sentence of a file: what it answers.
fn question(text: &str) -> String {
    let first = text.lines().find_map(|line| line.strip_prefix("//!")).unwrap_or_default();
    first.trim().to_owned()
}

/// The names of the tests in a file, as sentences.
fn promises(text: &str) -> Vec<String> {
    let mut promises = Vec::new();
    let mut is_test = false;
    for line in text.lines().map(str::trim) {
        if line.starts_with("#[test]") || line.starts_with("#[tokio::test") {
            is_test = true;
        } else if let Some((_, rest)) = line.split_once("fn ")
            && is_test
        {
            let name = rest.split(['(', '<']).next().unwrap_or_default();
            promises.push(name.replace('_', " "));
            is_test = false;
        }
    }
    promises
}

fn list() -> String {
    let mut out = String::from(
        "# Conformance\n\nWhat other containers promise, and this one keeps. Each line is a test of that name in \
         `tests/tests/conformance`, or, where the compiler proves it, a case in `tests/ui` that does not compile. The list is \
         written by the test `conformance_list`.\n",
    );
    for file in files(&root().join("tests/tests/conformance"), ".rs") {
        let text = fs::read_to_string(&file).unwrap();
        let promises = promises(&text);
        if promises.is_empty() {
            continue;
        }
        let name = file.file_stem().unwrap().to_string_lossy().replace('_', " ");
        write!(out, "\n## {name}\n\n{}\n\n", question(&text)).unwrap();
        for promise in promises {
            writeln!(out, "- {promise}").unwrap();
        }
    }
    out.push_str("\n## What does not compile\n\n| rule | case | what it shows |\n| --- | --- | --- |\n");
    for folder in files(&root().join("tests/ui"), "").into_iter().filter(|path| path.is_dir()) {
        let rule = folder.file_name().unwrap().to_string_lossy().into_owned();
        for file in files(&folder, ".rs") {
            let case = file.file_stem().unwrap().to_string_lossy().into_owned();
            let text = fs::read_to_string(&file).unwrap();
            writeln!(out, "| {rule} | `{case}` | {} |", question(&text)).unwrap();
        }
    }
    out
}

#[test]
fn the_docs_list_every_promise_of_the_suite() {
    let path = root().join("docs/conformance.md");
    let list = list();
    if std::env::var_os("UPDATE_LIST").is_some() {
        fs::write(&path, &list).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == list,
        "docs/conformance.md is not the list of the suite: write it with UPDATE_LIST=1 cargo test -p di-tests --test conformance_list"
    );
}
