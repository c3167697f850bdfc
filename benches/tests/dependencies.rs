//! The crates that a user of `di-core` compiles.

use std::collections::BTreeSet;
use std::process::Command;

/// The names of the crates that `di-core` pulls, itself included, for whoever depends on it.
fn pulled(features: &[&str]) -> BTreeSet<String> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let output = Command::new(cargo)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(["tree", "--package", "di-core", "--edges", "normal,build", "--prefix", "none", "--format", "{p}"])
        .args(features)
        .output()
        .expect("cargo starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let printed = String::from_utf8(output.stdout).expect("names are text");
    printed.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect()
}

fn check(features: &[&str], expected: &[&str]) {
    assert_eq!(pulled(features), expected.iter().map(|&name| name.to_owned()).collect(), "{features:?}");
}

#[test]
fn by_default_it_is_the_macros_and_what_every_macro_needs() {
    check(&[], &["di-core", "di-macros", "proc-macro2", "quote", "syn", "unicode-ident"]);
}

#[test]
fn without_macros_it_is_nothing_else() {
    check(&["--no-default-features", "--features", "std"], &["di-core"]);
}
