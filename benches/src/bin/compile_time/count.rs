//! Instructions of rustc, counted by cachegrind.
//!
//! Cargo calls the compiler through a script, so that its flags are those of any crate that a user compiles. Only the
//! measured crate goes through it, not its dependencies; our macros are a library that the compiler loads, and are counted.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use di_benches::files::{FileError, write};

use crate::Error;

/// The script's variable: the file for the count; without it, the compiler runs as ever.
const COUNT: &str = "DI_COMPILE_TIME_COUNT";

/// Cargo asks the compiler for its version, too: what is counted names the root of the crate.
const SCRIPT: &str = r#"#!/bin/sh
case " $* " in
*" src/lib.rs "*)
    if [ -n "${DI_COMPILE_TIME_COUNT-}" ]; then
        exec valgrind --tool=cachegrind --cache-sim=no --cachegrind-out-file=/dev/null \
            --log-file="$DI_COMPILE_TIME_COUNT" "$@"
    fi
    ;;
esac
exec "$@"
"#;

/// What stands between cargo and the compiler.
#[derive(Debug)]
pub(crate) struct Counter {
    script: PathBuf,
    /// The compiler itself: what is on the path may be rustup's proxy, which would be counted in its place.
    rustc: PathBuf,
}

impl Counter {
    /// Writes the script into a folder.
    pub(crate) fn create(folder: &Path) -> Result<Self, Error> {
        let script = folder.join("rustc.sh");
        write(&script, SCRIPT)?;
        fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).map_err(FileError::at(&script))?;
        let output = Command::new("rustc").args(["--print", "sysroot"]).output()?;
        let sysroot = String::from_utf8_lossy(&output.stdout);
        Ok(Self { script, rustc: Path::new(sysroot.trim()).join("bin/rustc") })
    }

    /// Lets a command of cargo call the compiler through the script; with a file, it is counted.
    pub(crate) fn attach(&self, command: &mut Command, count: Option<&Path>) {
        command.env("RUSTC", &self.rustc).env("RUSTC_WORKSPACE_WRAPPER", &self.script).env_remove(COUNT);
        if let Some(count) = count {
            command.env(COUNT, count);
        }
    }
}

/// Reads a count, and removes it, so that it cannot be taken for that of a later run.
pub(crate) fn take(count: &Path) -> Result<u64, Error> {
    let log = fs::read_to_string(count).map_err(FileError::at(count))?;
    fs::remove_file(count).map_err(FileError::at(count))?;
    instructions(&log).ok_or(Error::NotCounted(log))
}

/// The number in `==12== I   refs:      1,234,567`.
fn instructions(log: &str) -> Option<u64> {
    log.lines().find_map(|line| {
        let (what, number) = line.split_once(" refs:")?;
        what.trim_end().ends_with(" I").then(|| number.trim().replace(',', "").parse().ok())?
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_count_is_read_from_what_cachegrind_says() {
        let log =
            "==17== Cachegrind, a cache and branch-prediction profiler\n==17== \n==17== I   refs:      647,123,456\n";
        assert_eq!(instructions(log), Some(647_123_456));
        assert_eq!(instructions("==17== I refs: 7\n"), Some(7));
        assert_eq!(instructions("==17== D   refs:      1\n==17== LLi misses: 2\n"), None);
    }

    #[test]
    fn the_script_counts_if_its_variable_is_set() {
        assert!(SCRIPT.contains(&format!("${{{COUNT}-}}")) && SCRIPT.contains(&format!("\"${COUNT}\"")));
    }
}
