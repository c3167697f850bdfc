//! The public API of `di-core`, with all features: `docs/public-api/di-core.txt` lists what users can name.
//!
//! `UPDATE_PUBLIC_API=1 cargo test -p di-tests --test public_api` writes it again.
#![expect(clippy::unwrap_used, reason = "a test may unwrap: its failure is the message")]

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use di_tests::assert_on_file;

/// The rustc whose rustdoc writes the JSON that is read here, and with it the names of the standard library.
const PINNED: &str = "1.95";

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The JSON that rustdoc writes of a package. What only other features of it need is downloaded here, where nothing has yet.
fn documented(package: &str) -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("..");
    let output = Command::new(env!("CARGO"))
        .args(["rustdoc", "--locked", "--quiet", "--lib", "--all-features", "-p", package, "--target-dir"])
        .arg(&target)
        .args(["--", "-Zunstable-options", "--output-format=json", "--cap-lints=allow"])
        .current_dir(workspace())
        .env("RUSTDOC", workspace().join("tests/rustdoc.sh"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    target.join("doc").join(format!("{}.json", package.replace('-', "_")))
}

/// A line for each item, sorted; what the compiler adds to every type is left out.
fn listing(json: &Path) -> String {
    let api = public_api::Builder::from_rustdoc_json(json)
        .omit_blanket_impls(true)
        .omit_auto_trait_impls(true)
        .build()
        .unwrap();
    let mut text = String::new();
    for item in api.items() {
        writeln!(text, "{item}").unwrap();
    }
    text
}

#[test]
fn the_public_api_of_di_core_is_what_is_on_file() {
    let version = String::from_utf8(Command::new("rustc").arg("--version").output().unwrap().stdout).unwrap();
    if !version.starts_with(&format!("rustc {PINNED}.")) {
        println!("the listing is that of rustc {PINNED}, this is {version}: it is not compared");
        return;
    }
    let found = listing(&documented("di-core"));
    // What was hidden from the docs would be missing here, too: an empty listing must not pass.
    assert!(found.contains("pub trait di_core::Container"), "{found}");
    assert_on_file(&workspace().join("docs/public-api/di-core.txt"), &found, "UPDATE_PUBLIC_API");
}

/// The names at the root of `di-core`, as the listing has them.
fn root(listing: &str) -> Vec<&str> {
    listing
        .lines()
        .filter(|line| line.starts_with("pub "))
        .filter_map(|line| line.split(' ').find_map(|word| word.strip_prefix("di_core::")))
        .map(|name| name.trim_end_matches(':'))
        .filter(|name| !name.contains("::"))
        .collect()
}

/// A newcomer reads the first page of the documentation whole: more than twenty items are a list to search.
#[test]
fn the_root_of_di_core_fits_on_a_page() {
    let listing = std::fs::read_to_string(workspace().join("docs/public-api/di-core.txt")).unwrap();
    let root = root(&listing);
    assert!(root.contains(&"Container") && root.contains(&"service"), "{root:?}");
    assert!(root.len() <= 20, "{} items: {root:?}", root.len());
}
