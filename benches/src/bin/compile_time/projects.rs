//! The crates that are compiled, each a workspace of its own in a temporary folder.

use std::path::PathBuf;
use std::process::Command;
use std::{env, fs};

use di_benches::files::{FileError, workspace, write};
use di_benches::generate::Shape;
use tempfile::TempDir;

use crate::count::Counter;
use crate::{Error, seconds, step};

/// A temporary folder with a crate per shape and size.
#[derive(Debug)]
pub(crate) struct Projects {
    folder: TempDir,
    counter: Counter,
}

/// One crate.
#[derive(Debug)]
pub(crate) struct Project<'a> {
    /// Its name.
    pub(crate) name: String,
    /// Its folder.
    pub(crate) folder: PathBuf,
    /// Where cargo builds: one folder for each shape, so that no two wait for each other.
    pub(crate) target: PathBuf,
    /// What stands between cargo and the compiler.
    pub(crate) counter: &'a Counter,
}

/// Whether it is worth measuring: some need more memory or time than a machine has, and modules need ten services each.
pub(crate) fn can(shape: Shape, services: usize) -> bool {
    match shape {
        Shape::ByHand | Shape::Ours => true,
        Shape::ByHandInModules | Shape::OursInModules => services >= 100,
        // Its services are made anew for each that asks: with this graph, that type-checks all the same.
        Shape::Nject | Shape::Dill => true,
        // At 400 it does not end within the memory of an ordinary machine.
        Shape::Shaku => services <= 200,
    }
}

/// Whether it must compile, being no peer's.
pub(crate) fn is_ours(shape: Shape) -> bool {
    matches!(shape, Shape::ByHand | Shape::ByHandInModules | Shape::Ours | Shape::OursInModules)
}

impl Projects {
    pub(crate) fn create() -> Result<Self, Error> {
        let folder = TempDir::with_prefix("di-compile-time-")?;
        let counter = Counter::create(folder.path())?;
        Ok(Self { folder, counter })
    }

    /// Makes a crate that is empty, and builds its dependencies.
    pub(crate) fn project(&self, shape: Shape, services: usize) -> Result<Project<'_>, Error> {
        let name = format!("{}_{services}", shape.name());
        let project = Project {
            folder: self.folder.path().join(&name),
            target: self.folder.path().join("target").join(shape.name()),
            counter: &self.counter,
            name,
        };
        write(&project.folder.join("Cargo.toml"), &manifest(&project.name, shape))?;
        // The lock file of the workspace, so that the peers are measured in the versions that it names.
        let lock = workspace().join("Cargo.lock");
        fs::copy(&lock, project.folder.join("Cargo.lock")).map_err(FileError::at(lock))?;
        write(&project.root(), "//! Nothing yet: only the dependencies are built.\n")?;
        seconds::cargo(&project, step::Command::Check, None, None)?;
        Ok(project)
    }
}

impl Project<'_> {
    /// The root of the crate.
    fn root(&self) -> PathBuf {
        self.folder.join("src/lib.rs")
    }

    /// Writes the files that differ from what is there.
    pub(crate) fn write(&self, files: &[(String, String)]) -> Result<(), Error> {
        for (name, text) in files {
            let path = self.folder.join("src").join(name);
            if fs::read_to_string(&path).ok().as_ref() != Some(text) {
                write(&path, text)?;
            }
        }
        Ok(())
    }

    /// Removes what incremental compilation keeps of the crate, and makes it stale; the dependencies stay.
    pub(crate) fn forget(&self) -> Result<(), Error> {
        let incremental = self.target.join("debug/incremental");
        if incremental.exists() {
            fs::remove_dir_all(&incremental).map_err(FileError::at(incremental))?;
        }
        self.touch()
    }

    /// Writes the root of the crate again, so that it counts as changed.
    pub(crate) fn touch(&self) -> Result<(), Error> {
        let path = self.root();
        fs::read(&path).and_then(|text| fs::write(&path, text)).map_err(FileError::at(path))?;
        Ok(())
    }

    /// Sets where a command runs, and lets cargo compile as it does by default, whatever is set outside.
    pub(crate) fn prepare(&self, command: &mut Command) {
        for (name, _) in env::vars_os() {
            let is_a_setting = |prefix: &str| name.to_string_lossy().starts_with(prefix);
            if ["CARGO_PROFILE_", "CARGO_BUILD_", "RUSTC"].into_iter().any(is_a_setting) {
                command.env_remove(name);
            }
        }
        // What cargo tells its own children about this package is of no use to another one.
        command.env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS").env_remove("CARGO_MANIFEST_DIR");
        command.env("CARGO_INCREMENTAL", "1").env("CARGO_TARGET_DIR", &self.target).current_dir(&self.folder);
    }

    /// The file of a count.
    pub(crate) fn count(&self) -> PathBuf {
        self.folder.join("count.log")
    }
}

fn manifest(name: &str, shape: Shape) -> String {
    let dependency = match shape {
        Shape::ByHand | Shape::ByHandInModules => String::new(),
        Shape::Ours | Shape::OursInModules => format!("di-core = {{ path = {:?} }}", workspace().join("di-core")),
        Shape::Nject => "nject = \"0.5\"".to_owned(),
        Shape::Shaku => "shaku = \"0.6\"".to_owned(),
        Shape::Dill => "dill = \"0.17\"".to_owned(),
    };
    format!(
        "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n{dependency}\n\n\
         [workspace]\n"
    )
}
