//! A command-line tool: the arguments are an input, and a folder that is not there keeps the tool from being built.
//!
//! `cargo run -p di-core --example command_line -- di-core/src`

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use di_core::{container, interface, service};

/// What was typed.
struct Arguments {
    folder: PathBuf,
    most: usize,
}

/// Files and their sizes.
#[interface]
trait IFiles {
    /// All files in a folder and below, with their sizes in bytes.
    fn list(&self) -> io::Result<Vec<(PathBuf, u64)>>;
}

/// Those of a folder.
struct Folder {
    root: PathBuf,
}

#[service(provides = IFiles)]
impl Folder {
    #[constructor]
    fn open(arguments: Arc<Arguments>) -> Result<Self, String> {
        let root = arguments.folder.clone();
        if root.is_dir() { Ok(Self { root }) } else { Err(format!("{} is no folder", root.display())) }
    }
}

fn walk(folder: &Path, found: &mut Vec<(PathBuf, u64)>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            walk(&entry.path(), found)?;
        } else if kind.is_file() {
            found.push((entry.path(), entry.metadata()?.len()));
        }
    }
    Ok(())
}

impl IFiles for Folder {
    fn list(&self) -> io::Result<Vec<(PathBuf, u64)>> {
        let mut found = Vec::new();
        walk(&self.root, &mut found)?;
        Ok(found)
    }
}

/// The largest files, largest first.
#[service]
struct Largest {
    files: Arc<dyn IFiles>,
    arguments: Arc<Arguments>,
}

impl Largest {
    fn find(&self) -> io::Result<Vec<(PathBuf, u64)>> {
        let mut all = self.files.list()?;
        all.sort_by(|(left, size), (right, other)| other.cmp(size).then_with(|| left.cmp(right)));
        all.truncate(self.arguments.most);
        Ok(all)
    }
}

/// The tool.
#[container]
struct Tool {
    #[input]
    arguments: Arguments,
    files: Folder,
    largest: Largest,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args_os().nth(1).unwrap_or_else(|| ".".into()).into();
    let tool = Tool::build(ToolInputs { arguments: Arguments { folder, most: 10 } })?;
    let mut out = io::stdout().lock();
    for (path, bytes) in tool.get::<Largest>().find()? {
        writeln!(out, "{bytes:>10}  {}", path.display())?;
    }
    Ok(())
}
