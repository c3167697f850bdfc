//! The benchmarks as child processes, and where their output is.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

pub(crate) use di_benches::files::workspace;

use crate::Error;

/// The package's folder.
pub(crate) fn package() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Runs one benchmark of this package and returns what it printed.
pub(crate) fn bench(name: &str, features: &[&str], arguments: &[&str]) -> Result<String, Error> {
    let mut features: Vec<&str> = features.to_vec();
    if cfg!(feature = "slowed") {
        features.push("slowed");
    }
    let mut command = Command::new(cargo());
    command.current_dir(workspace()).args(["bench", "--quiet", "--package", "di-benches", "--bench", name]);
    command.args(["--features", &features.join(","), "--"]).args(arguments);
    // Criterion guesses its folder from where it stands, and guesses wrong behind a symbolic link.
    command.env("CRITERION_HOME", criterion()?);
    output(&mut command)
}

/// Builds one benchmark of this package, and returns the program, for those who run it in another way than Cargo does.
pub(crate) fn executable(name: &str, feature: &str) -> Result<PathBuf, Error> {
    let mut command = Command::new(cargo());
    command.current_dir(workspace()).args(["bench", "--quiet", "--package", "di-benches", "--bench", name, "--no-run"]);
    let printed = output(command.args(["--features", feature, "--message-format=json"]))?;
    // The last one: what it depends on comes before.
    let messages = printed.lines().rev().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    let program = messages.filter_map(|message| message.get("executable")?.as_str().map(PathBuf::from)).next();
    program.ok_or_else(|| Error::Command { command: format!("{command:?}") })
}

/// The folder of criterion's estimates.
pub(crate) fn criterion() -> Result<PathBuf, Error> {
    let mut command = Command::new(cargo());
    command.current_dir(workspace()).args(["metadata", "--no-deps", "--format-version", "1"]);
    let text = output(&mut command)?;
    let metadata: serde_json::Value =
        serde_json::from_str(&text).map_err(|source| Error::Json { what: "cargo metadata".to_owned(), source })?;
    let target = metadata.get("target_directory").and_then(serde_json::Value::as_str).unwrap_or("target");
    Ok(Path::new(target).join("criterion"))
}

/// The commit that is measured, with a `+` if files differ from it.
pub(crate) fn commit() -> String {
    let ask = |arguments: &[&str]| {
        let mut command = Command::new("git");
        command.current_dir(workspace()).args(arguments).stderr(Stdio::null());
        command.output().map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default()
    };
    let commit = ask(&["rev-parse", "--short", "HEAD"]);
    let changed = !ask(&["status", "--porcelain"]).trim().is_empty();
    format!("{}{}", if commit.trim().is_empty() { "unknown" } else { commit.trim() }, if changed { "+" } else { "" })
}

fn cargo() -> String {
    std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned())
}

/// Runs the command, and returns what it printed.
pub(crate) fn output(command: &mut Command) -> Result<String, Error> {
    let failed = |command: &Command| Error::Command { command: format!("{command:?}") };
    let Ok(output) = command.stderr(Stdio::piped()).output() else { return Err(failed(command)) };
    if !output.status.success() {
        // What the benchmark said while it worked matters only if it failed.
        io::stderr().write_all(&output.stderr)?;
        return Err(failed(command));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
