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
    /// A command that writes several files calls [`keep_apart`] first.
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

/// The files of a command, each with what it is for, where it is asked for.
pub type Names<'a> = [(&'static str, Option<&'a Path>)];

/// Sees that no two of these files are one, when one of them is written.
///
/// ```
/// use std::path::Path;
/// use trading_services::output::keep_apart;
///
/// let (log, summary) = (("log", Some(Path::new("run.txt"))), ("summary", Some(Path::new("./run.txt"))));
/// let error = keep_apart(&[], &[log, summary]).unwrap_err();
/// assert_eq!(error.to_string(), "./run.txt: expected another file for the summary than for the log, which would be lost");
/// ```
///
/// # Errors
/// Which file it is, and what it would be.
pub fn keep_apart(inputs: &Names<'_>, outputs: &Names<'_>) -> io::Result<()> {
    let mut taken: Vec<_> = inputs.iter().filter_map(|(what, path)| Some((*what, (*path)?))).collect();
    for (what, path) in outputs.iter().filter_map(|(what, path)| Some((*what, (*path)?))) {
        // Several may write to a terminal, a pipe or a device.
        let is_special = std::fs::metadata(path).is_ok_and(|found| !found.is_file());
        let other = taken.iter().find(|(_, other)| !is_special && is_same(path, other));
        if let Some((other, _)) = other {
            let path = path.display();
            let message =
                format!("{path}: expected another file for the {what} than for the {other}, which would be lost");
            return Err(Error::new(ErrorKind::InvalidInput, message));
        }
        taken.push((what, path));
    }
    Ok(())
}

/// A new file beside the one that it will replace: it can take its name there. Who may read that one may read this one, and
/// nobody else.
fn aside(path: &Path) -> io::Result<NamedTempFile> {
    let real = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let folder = real.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(".unfinished-");
    let replaced = std::fs::metadata(&real).ok().map(|found| found.permissions());
    #[cfg(unix)]
    if replaced.is_none() {
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    }
    let file = builder.tempfile_in(folder)?;
    if let Some(permissions) = replaced {
        file.as_file().set_permissions(permissions)?;
    }
    Ok(file)
}

/// Whether both names are of one file, by whatever links, whether it is there already or not.
pub(crate) fn is_same(path: &Path, other: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let file = |path| std::fs::metadata(path).ok().map(|found| (found.dev(), found.ino()));
        if let (Some(path), Some(other)) = (file(path), file(other)) {
            return path == other;
        }
    }
    matches!((place(path), place(other)), (Some(path), Some(other)) if path == other)
}

/// Where a file is, or will be.
fn place(path: &Path) -> Option<PathBuf> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    let to_be = || Some(std::fs::canonicalize(folder).ok()?.join(path.file_name()?));
    std::fs::canonicalize(path).ok().or_else(to_be)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn what_nobody_else_may_read_stays_so() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("settings.toml");
        std::fs::write(&path, "secret").unwrap();
        for mode in [0o600, 0o640] {
            std::fs::set_permissions(&path, PermissionsExt::from_mode(mode)).unwrap();
            OutputFile::create(&path, &[]).unwrap().finish().unwrap();
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, mode);
        }
    }

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
    fn files_of_a_command_are_kept_apart_also_before_they_are_there() {
        let folder = tempfile::tempdir().unwrap();
        let (one, same, two) = (folder.path().join("one"), folder.path().join("./one"), folder.path().join("two"));
        let check = |input: &Path, first: &Path, second: &Path| {
            keep_apart(
                &[("input", Some(input)), ("nothing", None)],
                &[("first", Some(first)), ("second", Some(second))],
            )
            .map_err(|error| error.to_string())
        };
        for _ in ["while they are not there", "when they are"] {
            let error = check(Path::new("other"), &one, &same).unwrap_err();
            assert!(error.contains("expected another file for the second than for the first"), "{error}");
            let error = check(&one, &two, &same).unwrap_err();
            assert!(error.contains("expected another file for the second than for the input"), "{error}");
            assert_eq!(check(&one, &two, Path::new("/dev/null")), Ok(()));
            assert_eq!(check(&one, Path::new("/dev/null"), Path::new("/dev/null")), Ok(()));
            std::fs::write(&one, "").unwrap();
        }
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
