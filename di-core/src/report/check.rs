//! The check of a committed report against what the container tells today.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::render::{self, Extra, Format};
use super::{ReadError, Report, Step};

/// The variable that lets [`Report::check`] write what it expected.
const OVERWRITE: &str = "DI_REPORT";

impl Report {
    /// Fails where the report in a file is stale. The file's extension says in which format it is: `md`, `json`, `html`,
    /// `txt`, `dot` or `mmd`.
    ///
    /// It has no lines of source files, so that only a change of the graph makes it stale. With `DI_REPORT=overwrite` in
    /// the environment, the file is written instead.
    ///
    /// ```no_run
    /// # use di_core::container;
    /// # #[container]
    /// # pub struct App {}
    /// #[test]
    /// fn the_committed_report_is_that_of_the_container() {
    ///     di_core::report::Report::of::<App>().check("docs/graph.md").unwrap();
    /// }
    /// # fn main() {}
    /// ```
    ///
    /// # Errors
    ///
    /// If the file says something else, cannot be read, or has an extension of no format.
    pub fn check(&self, path: impl AsRef<Path>) -> Result<(), CheckError> {
        self.check_extra(path.as_ref(), Extra::default())
    }

    /// As [`check`](Self::check), for a report that also says what a step would break.
    ///
    /// # Errors
    ///
    /// As those of [`check`](Self::check).
    pub fn check_with_forecast(&self, path: impl AsRef<Path>, step: &Step) -> Result<(), CheckError> {
        self.check_extra(path.as_ref(), Extra { forecast: Some(self.forecast(step)), ..Extra::default() })
    }

    fn check_extra(&self, path: &Path, extra: Extra) -> Result<(), CheckError> {
        let fault = |fault| CheckError { path: path.to_owned(), fault };
        let format = Format::of_file(path).ok_or_else(|| fault(Fault::Extension))?;
        let now = render::report(self, format, &Extra { without_places: true, ..extra });
        if std::env::var_os(OVERWRITE).is_some_and(|word| word == "overwrite") {
            return fs::write(path, now).map_err(|error| fault(Fault::Write(error)));
        }
        let saved = fs::read_to_string(path).map_err(|error| fault(Fault::Read(error)))?;
        if saved == now {
            return Ok(());
        }
        let earlier = (format == Format::Json).then(|| Self::from_json(&saved)).transpose();
        let difference = match earlier.map_err(|error| fault(Fault::Json(error)))? {
            Some(earlier) => self.difference_from(&earlier).to_string(),
            None => first_difference(&saved, &now),
        };
        Err(fault(Fault::Stale(difference)))
    }
}

/// The first line that is not alike.
fn first_difference(saved: &str, now: &str) -> String {
    let (mut saved, mut now) = (saved.lines(), now.lines());
    let mut number = 0;
    loop {
        number += 1;
        match (saved.next(), now.next()) {
            (None, None) => return "the ends of lines".to_owned(),
            (saved, now) if saved == now => {}
            (saved, now) => {
                let text = |line: Option<&str>| line.map_or("no line".to_owned(), |line| format!("`{}`", cut(line)));
                return format!("line {number}: the file says {}, the container {}", text(saved), text(now));
            }
        }
    }
}

/// So much of a line as a message can show.
fn cut(line: &str) -> String {
    line.chars().take(200).collect()
}

/// Why a committed report is not that of the container.
#[derive(Debug)]
pub struct CheckError {
    path: PathBuf,
    fault: Fault,
}

#[derive(Debug)]
enum Fault {
    Extension,
    Read(io::Error),
    Write(io::Error),
    Json(ReadError),
    Stale(String),
}

impl fmt::Display for CheckError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.path.display())?;
        match &self.fault {
            Fault::Extension => {
                write!(f, "expected a file with the extension of a format: md, json, html, txt, dot or mmd")
            }
            Fault::Read(error) => {
                write!(f, "expected the committed report: {error}\n  help: `{OVERWRITE}=overwrite` writes it")
            }
            Fault::Write(error) => write!(f, "expected to write the report: {error}"),
            Fault::Json(error) => write!(f, "{error}\n  help: `{OVERWRITE}=overwrite` writes it"),
            Fault::Stale(difference) => {
                write!(f, "the report is stale: {difference}\n  help: `{OVERWRITE}=overwrite` writes it")
            }
        }
    }
}

impl std::error::Error for CheckError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.fault {
            Fault::Read(error) | Fault::Write(error) => Some(error),
            Fault::Json(error) => Some(error),
            Fault::Extension | Fault::Stale(_) => None,
        }
    }
}
