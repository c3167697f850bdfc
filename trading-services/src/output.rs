//! Output files, which overwrite no input and are never half-written.

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Error, ErrorKind, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// A file that is written aside, and takes its name when it is finished. What is not finished leaves nothing behind.
///
/// ```
/// use std::io::Write;
/// use trading_services::output::OutputFile;
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("report.txt");
/// let mut file = OutputFile::create(&path, &[])?;
/// writeln!(file, "hello")?;
/// assert!(!path.exists());
/// file.finish()?;
/// assert_eq!(std::fs::read_to_string(&path)?, "hello\n");
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct OutputFile {
    path: PathBuf,
    target: Target,
}

#[derive(Debug)]
enum Target {
    Aside(BufWriter<NamedTempFile>),
    /// A terminal, a pipe, a device: nothing could take its place.
    Direct(BufWriter<File>),
}

impl OutputFile {
    /// Begins to write what will be at `path`, which must be none of `inputs`.
    ///
    /// # Errors
    /// What the system says, or that the file is an input.
    pub fn create(path: &Path, inputs: &[&Path]) -> io::Result<Self> {
        if let Some(input) = inputs.iter().find(|input| is_same(path, input)) {
            let message = format!("it is the input {}, which would be lost", input.display());
            return Err(Error::new(ErrorKind::InvalidInput, message));
        }
        let is_special = std::fs::metadata(path).is_ok_and(|found| !found.is_file());
        let target = if is_special {
            Target::Direct(BufWriter::new(OpenOptions::new().write(true).open(path)?))
        } else {
            Target::Aside(BufWriter::new(aside(path)?))
        };
        Ok(Self { path: path.to_owned(), target })
    }

    /// Gives the file its name; what was there before is replaced.
    ///
    /// # Errors
    /// What the system says; what was there before is then still there.
    pub fn finish(self) -> io::Result<()> {
        match self.target {
            Target::Direct(mut file) => file.flush(),
            Target::Aside(file) => {
                let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
                // A link keeps its place: what it points to is replaced.
                let path = std::fs::canonicalize(&self.path).unwrap_or(self.path);
                file.persist(path).map(drop).map_err(|error| error.error)
            }
        }
    }
}

impl Write for OutputFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.target {
            Target::Aside(file) => file.write(bytes),
            Target::Direct(file) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.target {
            Target::Aside(file) => file.flush(),
            Target::Direct(file) => file.flush(),
        }
    }
}

/// A new file beside the one that it will replace: it can take its name there.
fn aside(path: &Path) -> io::Result<NamedTempFile> {
    let real = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let folder = real.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(".unfinished-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.tempfile_in(folder)
}

/// Whether both names are of one file, by whatever links.
fn is_same(path: &Path, other: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let file = |path| std::fs::metadata(path).ok().map(|found| (found.dev(), found.ino()));
        let found = file(path);
        found.is_some() && found == file(other)
    }
    #[cfg(not(unix))]
    matches!((std::fs::canonicalize(path), std::fs::canonicalize(other)), (Ok(path), Ok(other)) if path == other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_input_is_refused_by_whatever_name() {
        let folder = tempfile::tempdir().unwrap();
        let (input, link) = (folder.path().join("in"), folder.path().join("link"));
        std::fs::write(&input, "kept").unwrap();
        std::fs::hard_link(&input, &link).unwrap();
        for path in [&input, &link, &folder.path().join("./in")] {
            let error = OutputFile::create(path, &[&input]).unwrap_err().to_string();
            assert!(error.contains("would be lost"), "{error}");
        }
        assert_eq!(std::fs::read_to_string(&input).unwrap(), "kept");
    }

    #[test]
    fn what_is_not_finished_leaves_what_was_there_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out");
        std::fs::write(&path, "before").unwrap();
        let mut file = OutputFile::create(&path, &[]).unwrap();
        file.write_all(b"half").unwrap();
        drop(file);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "before");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
