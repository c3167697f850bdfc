//! Which crates are compiled: a workspace of its own in a temporary folder.

use std::fs;
use std::path::PathBuf;

use di_benches::files::{FileError, workspace, write};
use di_benches::generate::{Shape, file, files};
use tempfile::TempDir;

use crate::Error;
use crate::measure::{Step, cargo};

/// A temporary folder with a project per shape and size.
#[derive(Debug)]
pub(crate) struct Projects {
    folder: TempDir,
}

/// One project.
#[derive(Debug)]
pub(crate) struct Project {
    /// Its folder.
    pub(crate) folder: PathBuf,
    /// Where cargo builds.
    pub(crate) target: PathBuf,
    /// How many services it has.
    services: usize,
}

impl Project {
    /// The root of the crate.
    pub(crate) fn root(&self) -> PathBuf {
        self.folder.join("src/lib.rs")
    }

    /// The file of the service that is edited: one that needs others, and that others need.
    pub(crate) fn edited(&self) -> PathBuf {
        self.folder.join("src").join(file(self.services / 2))
    }
}

/// Whether it is worth measuring: some need more memory or time than a machine has, and modules need ten services each.
pub(crate) fn can(shape: Shape, services: usize) -> bool {
    match shape {
        Shape::ByHand | Shape::Ours => true,
        Shape::OursInModules => services >= 100,
        // Its services are made anew for each that asks: with this graph, that type-checks all the same.
        Shape::Nject | Shape::Dill => true,
        // At 400 it does not end within the memory of an ordinary machine.
        Shape::Shaku => services <= 200,
    }
}

/// Whether it must compile, being no peer's.
pub(crate) fn is_ours(shape: Shape) -> bool {
    matches!(shape, Shape::ByHand | Shape::Ours | Shape::OursInModules)
}

impl Projects {
    pub(crate) fn create() -> Result<Self, Error> {
        Ok(Self { folder: TempDir::with_prefix("di-compile-time-")? })
    }

    /// Writes a project and builds its dependencies.
    pub(crate) fn project(&self, shape: Shape, services: usize) -> Result<Project, Error> {
        let name = format!("{}_{services}", shape.name());
        let folder = self.folder.path().join(&name);
        let project = Project { target: self.folder.path().join("target").join(shape.name()), folder, services };
        write(&project.folder.join("Cargo.toml"), &manifest(&name, shape))?;
        // The lock file of the workspace, so that the peers are measured in the versions that it names.
        let lock = workspace().join("Cargo.lock");
        fs::copy(&lock, project.folder.join("Cargo.lock")).map_err(FileError::at(lock))?;
        write(&project.root(), "//! Nothing yet: only the dependencies are built.\n")?;
        cargo(&project, Step::Check)?;
        for (name, text) in files(shape, services) {
            write(&project.folder.join("src").join(name), &text)?;
        }
        Ok(project)
    }
}

fn manifest(name: &str, shape: Shape) -> String {
    let dependency = match shape {
        Shape::ByHand => String::new(),
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
