//! Expansions of the macros: one snapshot per shape, in `tests/expansion`.
//!
//! `UPDATE_EXPANSION=1 cargo test -p di-tests --test expansion` writes them anew.
#![expect(clippy::unwrap_used, reason = "a test may unwrap: its failure is the message")]

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The modules of the fixture, each one shape.
const SHAPES: &[&str] = &["a_interface", "b_struct_service", "c_impl_service", "d_container", "e_module", "f_override"];

/// The rustc whose words the snapshots hold: it prints the code.
const PINNED: &str = "1.95";

/// The fixture after expansion, as one file.
fn expanded() -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("expansion");
    let output = Command::new(env!("CARGO"))
        .args(["rustc", "--offline", "--quiet", "-p", "fixture-expansion", "--profile", "check", "--target-dir"])
        .arg(&target)
        .args(["--", "-Zunpretty=expanded"])
        .current_dir(root)
        // Printing the expansion is not stable; the code that is printed is compiled as stable code elsewhere.
        .env("RUSTC_BOOTSTRAP", "1")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The text as rustfmt writes it.
fn formatted(text: &str) -> String {
    let mut rustfmt = Command::new("rustfmt")
        .args(["--edition", "2024", "--config", "max_width=120"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    rustfmt.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = rustfmt.wait_with_output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}

/// One module of a file; hidden names hold the hash of its path, which differs between machines.
fn module(file: &str, name: &str) -> String {
    let begin = file.find(&format!("\npub mod {name} {{\n")).unwrap_or_else(|| panic!("no module `{name}`"));
    let end = file[begin..].find("\n}\n").unwrap_or_else(|| panic!("`{name}` has no end"));
    format!("//! The expansion of `{name}` in `fixtures/expansion`.\n{}", without_hashes(&file[begin..begin + end + 3]))
}

/// `__di_Clock_1f2e` as `__di_Clock`.
fn without_hashes(text: &str) -> String {
    let mut out = String::new();
    for (index, part) in text.split("__di_").enumerate() {
        if index == 0 {
            out.push_str(part);
            continue;
        }
        let end = part.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(part.len());
        let (name, rest) = part.split_at(end);
        let own = name.split('_').next().unwrap_or(name);
        out.push_str("__di_");
        out.push_str(own);
        out.push_str(rest);
    }
    out
}

fn snapshot(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/expansion").join(format!("{name}.expanded"))
}

/// The first line in which two texts differ, with the lines around it.
fn difference(expected: &str, found: &str) -> String {
    let differs = expected.lines().zip(found.lines()).position(|(one, other)| one != other);
    let line = differs.unwrap_or_else(|| expected.lines().count().min(found.lines().count()));
    let around = |text: &str| text.lines().skip(line.saturating_sub(3)).take(7).collect::<Vec<_>>().join("\n");
    format!("line {}\n--- on file\n{}\n--- found\n{}", line + 1, around(expected), around(found))
}

#[test]
fn each_shape_expands_to_what_is_on_file() {
    let version = String::from_utf8(Command::new("rustc").arg("--version").output().unwrap().stdout).unwrap();
    let file = formatted(&expanded());
    let mut wrong = Vec::new();
    for name in SHAPES {
        let found = module(&file, name);
        if std::env::var_os("UPDATE_EXPANSION").is_some() {
            fs::create_dir_all(snapshot(name).parent().unwrap()).unwrap();
            fs::write(snapshot(name), &found).unwrap();
            continue;
        }
        let expected = fs::read_to_string(snapshot(name)).unwrap_or_default();
        if expected != found {
            wrong.push(format!("`{name}`: {}", difference(&expected, &found)));
        }
    }
    if version.starts_with(&format!("rustc {PINNED}.")) {
        assert!(wrong.is_empty(), "{}\n\nIf it is meant: UPDATE_EXPANSION=1", wrong.join("\n\n"));
    } else {
        println!("the snapshots are those of rustc {PINNED}, this is {version}: they are not compared");
    }
}

#[test]
fn each_snapshot_is_of_a_shape() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/expansion");
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort_unstable();
    assert_eq!(names, SHAPES.iter().map(|name| format!("{name}.expanded")).collect::<Vec<_>>());
}
