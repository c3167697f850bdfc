//! The crates that users of `di-core` and of `trading-services` compile.

use std::collections::BTreeSet;
use std::process::Command;

/// The names of the crates that a package pulls, itself included, for whoever depends on it.
fn pulled(package: &str, features: &[&str]) -> BTreeSet<String> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let output = Command::new(cargo)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(["tree", "--package", package, "--edges", "normal,build", "--prefix", "none", "--format", "{p}"])
        .args(features)
        .output()
        .expect("cargo starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let printed = String::from_utf8(output.stdout).expect("names are text");
    printed.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect()
}

fn check(features: &[&str], expected: &[&str]) {
    assert_eq!(pulled("di-core", features), expected.iter().map(|&name| name.to_owned()).collect(), "{features:?}");
}

#[test]
fn by_default_it_is_the_macros_and_what_every_macro_needs() {
    check(&[], &["di-core", "di-macros", "proc-macro2", "quote", "syn", "unicode-ident"]);
}

#[test]
fn without_macros_it_is_nothing_else() {
    check(&["--no-default-features", "--features", "std"], &["di-core"]);
}

#[test]
fn without_its_features_the_platform_has_no_client_for_tls_http_or_websockets() {
    const CLIENTS: [&str; 9] = [
        "hyper-rustls",
        "hyper-tls",
        "native-tls",
        "openssl",
        "reqwest",
        "ring",
        "rustls",
        "tokio-rustls",
        "webpki-roots",
    ];
    let clients = |features: &[&str]| {
        let pulled = pulled("trading-services", features);
        CLIENTS.into_iter().filter(|name| pulled.contains(*name)).collect::<Vec<_>>()
    };
    assert_eq!(clients(&["--no-default-features"]), [""; 0]);
    assert_eq!(clients(&["--no-default-features", "--features", "store"]), [""; 0]);
    for features in ["http-client", "live"] {
        let found = clients(&["--no-default-features", "--features", features]);
        assert!(found.contains(&"reqwest") && found.contains(&"rustls"), "{features}: {found:?}");
    }
}
