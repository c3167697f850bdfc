//! Crates that a test writes and compiles.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{fs, io};

/// A crate in a temporary folder that depends on `di-core`.
#[derive(Debug)]
pub struct Scratch {
    folder: PathBuf,
    target: PathBuf,
}

impl Scratch {
    /// An empty crate; `temporary` is the test's `CARGO_TARGET_TMPDIR`.
    ///
    /// # Errors
    ///
    /// The folder cannot be written.
    pub fn new(temporary: &str, name: &str) -> io::Result<Self> {
        Self::with_features(temporary, name, &[])
    }

    /// The same with features of `di-core`.
    ///
    /// # Errors
    ///
    /// The folder cannot be written.
    pub fn with_features(temporary: &str, name: &str, features: &[&str]) -> io::Result<Self> {
        let temporary = Path::new(temporary);
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize()?;
        let scratch = Self { folder: temporary.join(name), target: temporary.join("scratch-target") };
        if scratch.folder.exists() {
            fs::remove_dir_all(&scratch.folder)?;
        }
        let di_core = workspace.join("di-core");
        scratch.write(
            "Cargo.toml",
            &format!(
                "[package]\nname = {name:?}\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\ndi-core = {{ path = {di_core:?}, features = {features:?} }}\n\n[workspace]\n"
            ),
        )?;
        // The same versions as in the workspace, so that nothing needs the network.
        fs::copy(workspace.join("Cargo.lock"), scratch.folder.join("Cargo.lock"))?;
        Ok(scratch)
    }

    /// Writes a file.
    ///
    /// # Errors
    ///
    /// The file cannot be written.
    pub fn write(&self, path: &str, text: &str) -> io::Result<()> {
        let path = self.folder.join(path);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(path, text)
    }

    /// Where the crate is.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where cargo builds it.
    pub fn target(&self) -> &Path {
        &self.target
    }

    /// Runs cargo on it.
    ///
    /// # Errors
    ///
    /// Cargo cannot be started.
    pub fn cargo(&self, arguments: &[&str]) -> io::Result<Output> {
        self.cargo_with(arguments, &[])
    }

    /// Runs cargo on it, with some variables set.
    ///
    /// # Errors
    ///
    /// Cargo cannot be started.
    pub fn cargo_with(&self, arguments: &[&str], variables: &[(&str, &str)]) -> io::Result<Output> {
        Command::new("cargo")
            .args(arguments)
            .arg("--offline")
            .current_dir(&self.folder)
            .env("CARGO_TARGET_DIR", &self.target)
            .env("CARGO_TERM_COLOR", "never")
            .envs(variables.iter().copied())
            .output()
    }
}
