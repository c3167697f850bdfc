//! Error messages on the pages of the diagnostics, against what the compiler says.
//!
//! A block of code that does not compile, followed at once by a block of text, is a case: the text is what `cargo check`
//! prints for the code as `src/lib.rs`. `TRYBUILD=overwrite cargo test -p di-docs --test messages` puts what it prints
//! today into the pages.

#![expect(clippy::unwrap_used, reason = "a test may unwrap: its failure is the message")]

use std::fs;
use std::path::{Path, PathBuf};

/// Code and the message that belongs to it.
struct Case<'a> {
    code: &'a str,
    message: &'a str,
}

/// The cases of one page, in order.
fn cases(page: &str) -> Vec<Case<'_>> {
    let blocks: Vec<&str> = page.split("```rust,compile_fail\n").skip(1).collect();
    blocks
        .into_iter()
        .filter_map(|block| {
            let (code, rest) = block.split_once("```\n")?;
            let (message, _) = rest.strip_prefix("\n```text\n")?.split_once("```\n")?;
            Some(Case { code, message })
        })
        .collect()
}

/// Writes the case where `trybuild` finds it, with a `main` where there is none.
fn write(case: &Case<'_>, path: &Path) {
    let main = if case.code.contains("fn main()") { "" } else { "\nfn main() {}\n" };
    fs::write(path, format!("{}{main}", case.code)).unwrap();
    // Where a message leads to another file, `trybuild` leaves the place of a case in the target folder as it is.
    let leads_elsewhere = case.message.contains(" di-core/src");
    let own = if leads_elsewhere { path.display().to_string() } else { place(path) };
    let message = case.message.replace("src/lib.rs", &own).replace(" di-core/src", " $WORKSPACE/di-core/src");
    fs::write(path.with_extension("stderr"), message).unwrap();
}

/// What the compiler says today, as the page has it.
fn read(path: &Path) -> String {
    let message = fs::read_to_string(path.with_extension("stderr")).unwrap();
    let message = message.replace(&place(path), "src/lib.rs").replace(&path.display().to_string(), "src/lib.rs");
    message.replace(" $WORKSPACE/di-core/src", " di-core/src")
}

/// How `trybuild` writes the place of a case.
fn place(path: &Path) -> String {
    format!("$DIR/{}", path.file_name().unwrap().to_string_lossy())
}

fn pages() -> Vec<PathBuf> {
    let mut pages: Vec<_> = fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../di-core/docs/diagnostics"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.file_stem().is_some_and(|stem| stem.to_string_lossy().starts_with("DI")))
        .collect();
    pages.sort();
    pages
}

#[test]
fn each_page_shows_what_the_compiler_says() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("messages");
    fs::create_dir_all(&folder).unwrap();
    let pages: Vec<(PathBuf, String)> =
        pages().into_iter().map(|page| (page.clone(), fs::read_to_string(page).unwrap())).collect();
    let name = |page: &Path, index: usize| {
        folder.join(format!("{}_{}.rs", page.file_stem().unwrap().to_string_lossy(), index + 1))
    };

    let runs = trybuild::TestCases::new();
    for (page, text) in &pages {
        for (index, case) in cases(text).iter().enumerate() {
            let path = name(page, index);
            write(case, &path);
            runs.compile_fail(path);
        }
    }
    // The cases are run when `runs` is dropped.
    drop(runs);

    if std::env::var_os("TRYBUILD").is_some_and(|value| value == "overwrite") {
        for (page, text) in &pages {
            let cases = cases(text);
            let new = cases
                .iter()
                .enumerate()
                .fold(text.clone(), |new, (index, case)| new.replacen(case.message, &read(&name(page, index)), 1));
            fs::write(page, new).unwrap();
        }
    }
}
