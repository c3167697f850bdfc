//! Files that the commands read and write.

use std::path::{Path, PathBuf};
use std::{fs, io};

/// What went wrong with a file, and with which.
#[derive(Debug, thiserror::Error)]
#[error("{}: {source}", path.display())]
pub struct FileError {
    path: PathBuf,
    source: io::Error,
}

impl FileError {
    /// For `map_err`: names the file.
    pub fn at(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self { path, source }
    }
}

/// The workspace's folder.
pub fn workspace() -> &'static Path {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().unwrap_or(package)
}

/// The folder of recorded data, beside the repository. It may be missing: whoever measures with it says so then.
pub fn recorded_data() -> PathBuf {
    workspace().join("../shared/data")
}

/// Writes a file, and the folders in which it lies.
///
/// # Errors
///
/// What the operating system says, with the file's name.
pub fn write(path: &Path, text: &str) -> Result<(), FileError> {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder).and_then(|()| fs::write(path, text)).map_err(FileError::at(path))
}
