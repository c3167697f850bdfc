//! The command line of a report.

use std::ffi::OsString;
use std::fmt;
use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use crate::container::Container;

use super::render::{self, Extra, Format, text};
use super::{ConcreteUse, MessagesError, ReadError, Registration, Report, Step};

const USAGE: &str = "\
Usage: graph    [--format text|markdown|json|dot|mermaid|html] [--out FILE] [--diff OLD.json] [--next REGISTRATION]
       coverage
       uses

  --format   how to write the graph; by default what the extension of FILE tells, or text
  --out      where to write it; by default to the terminal
  --diff     what has changed since a report that was saved as JSON (text, markdown or html)
  --next     what a registration of the whole container would break: interface, dual or concrete

`uses` reads the messages of `cargo check --message-format=json` in the next phase from its input, and lists where concrete
types are asked for outside of the graph.
";

/// A command line that prints reports of a container: the whole `main` of a program.
///
/// ```no_run
/// # use di_core::container;
/// # #[container]
/// # pub struct App {}
/// fn main() -> std::process::ExitCode {
///     di_core::report::main::<App>()
/// }
/// ```
///
/// ```text
/// graph    [--format text|markdown|json|dot|mermaid|html] [--out FILE] [--diff OLD.json] [--next REGISTRATION]
/// coverage
/// uses
/// ```
///
/// `uses` lists [uses of concrete types](super::ConcreteUse) outside of the graph. Without an argument it prints the graph as text.
pub fn main<C: Container>() -> ExitCode {
    match command(std::env::args_os().skip(1)).and_then(|command| command.run(&Report::of::<C>(), &mut io::stdout())) {
        Ok(()) => ExitCode::SUCCESS,
        // Who reads the output may stop reading: `graph | head` is no failure.
        Err(CommandError(Fault::Print(error))) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            // If even this cannot be written, the exit code has to say it.
            let _ = writeln!(io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}

#[derive(Debug, PartialEq)]
enum Command {
    Graph(Options),
    Coverage,
    Uses,
    Help,
}

impl Command {
    fn run(self, report: &Report, out: &mut impl Write) -> Result<(), CommandError> {
        match self {
            Self::Graph(options) => options.print(report, out),
            Self::Coverage => print(out, &report.coverage_text()),
            Self::Uses => print(out, &uses(&io::read_to_string(io::stdin()).map_err(read_error)?)?),
            Self::Help => print(out, USAGE),
        }
    }
}

fn command(arguments: impl Iterator<Item = OsString>) -> Result<Command, CommandError> {
    use lexopt::Arg::{Long, Short, Value};
    use lexopt::ValueExt;

    let mut options = Options::default();
    let mut word: Option<String> = None;
    let mut parser = lexopt::Parser::from_args(arguments);
    while let Some(argument) = parser.next()? {
        match argument {
            Long("format") => options.format = Some(parser.value()?.parse()?),
            Long("out") => options.out = Some(parser.value()?.into()),
            Long("diff") => options.diff = Some(parser.value()?.into()),
            Long("next") => options.next = Some(parser.value()?.parse()?),
            Long("help") | Short('h') => return Ok(Command::Help),
            Value(value) if word.is_none() => word = Some(value.string()?),
            other => return Err(other.unexpected().into()),
        }
    }
    match word.as_deref() {
        None | Some("graph") => Ok(Command::Graph(options)),
        Some(word @ ("coverage" | "uses")) if options != Options::default() => {
            Err(CommandError(Fault::Usage(format!("`{word}` takes no options"))))
        }
        Some("coverage") => Ok(Command::Coverage),
        Some("uses") => Ok(Command::Uses),
        Some(other) => Err(CommandError(Fault::Usage(format!("`{other}`: expected `graph`, `coverage` or `uses`")))),
    }
}

/// The uses of concrete keys, a line for each.
fn uses(messages: &str) -> Result<String, CommandError> {
    let uses = ConcreteUse::all(messages).map_err(|error| CommandError(Fault::Messages(error)))?;
    Ok(uses.iter().map(|found| format!("{found}\n")).collect())
}

fn read_error(error: io::Error) -> CommandError {
    CommandError(Fault::Read(PathBuf::from("the standard input"), error))
}

impl Report {
    /// Coverage and coupling, with the services and the dependencies at fault.
    pub fn coverage_text(&self) -> String {
        text::coverage(self)
    }
}

/// What is to be written, and where: for programs with a command line of their own.
///
/// ```
/// use di_core::report::{Format, Options, Registration, Report};
/// # use di_core::{container, service};
/// # #[service]
/// # pub struct Clock;
/// # #[container]
/// # pub struct App {
/// #     clock: Clock,
/// # }
///
/// let mut options = Options::default();
/// options.format = Some(Format::Markdown);
/// options.next = Some(Registration::Interface);
/// let mut out = Vec::new();
/// options.print(&Report::of::<App>(), &mut out)?;
/// assert!(String::from_utf8_lossy(&out).contains("## What `register = interface` would break"));
/// # Ok::<(), di_core::report::CommandError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Options {
    /// The format; by default the one that the extension of `out` tells, or text.
    pub format: Option<Format>,
    /// The file; by default what `print` is given.
    pub out: Option<PathBuf>,
    /// An earlier report as JSON, from which the difference is told.
    pub diff: Option<PathBuf>,
    /// A registration of which is told what it would break.
    pub next: Option<Registration>,
}

impl Options {
    /// Writes what they say of a report, to their file or else to `out`.
    ///
    /// # Errors
    ///
    /// If a file cannot be read or written, is no report, or if a format cannot show a difference.
    pub fn print(&self, report: &Report, out: &mut impl Write) -> Result<(), CommandError> {
        let of_file = self.out.as_deref().and_then(Format::of_file);
        let format = self.format.or(of_file).unwrap_or_default();
        let mut extra = Extra::default();
        if let Some(registration) = self.next {
            extra.forecast = Some(report.forecast(&Step::everywhere(registration)));
        }
        if let Some(path) = &self.diff {
            let earlier = fs::read_to_string(path).map_err(|error| CommandError(Fault::Read(path.clone(), error)))?;
            let earlier =
                Report::from_json(&earlier).map_err(|error| CommandError(Fault::Json(path.clone(), error)))?;
            extra.difference = Some(report.difference_from(&earlier));
        }
        let written = match (&extra.difference, format) {
            (None, _) | (Some(_), Format::Html) => render::report(report, format, &extra),
            (Some(difference), Format::Text) => difference.to_string(),
            (Some(difference), Format::Markdown) => difference.to_markdown(),
            (Some(_), format) => return Err(CommandError(Fault::NoDifference(format))),
        };
        match &self.out {
            Some(path) => fs::write(path, written).map_err(|error| CommandError(Fault::Write(path.clone(), error))),
            None => print(out, &written),
        }
    }
}

fn print(out: &mut impl Write, text: &str) -> Result<(), CommandError> {
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(|error| CommandError(Fault::Print(error)))
}

/// Why a report was not printed.
#[derive(Debug)]
pub struct CommandError(Fault);

#[derive(Debug)]
enum Fault {
    Usage(String),
    Read(PathBuf, io::Error),
    Json(PathBuf, ReadError),
    NoDifference(Format),
    Messages(MessagesError),
    Write(PathBuf, io::Error),
    Print(io::Error),
}

impl From<lexopt::Error> for CommandError {
    fn from(error: lexopt::Error) -> Self {
        Self(Fault::Usage(error.to_string()))
    }
}

impl fmt::Display for CommandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Fault::Usage(message) => write!(f, "{message}\n\n{USAGE}"),
            Fault::Read(path, error) => write!(f, "{}: expected to read it: {error}", path.display()),
            Fault::Messages(error) => error.fmt(f),
            Fault::Json(path, error) => write!(f, "{}: {error}", path.display()),
            Fault::NoDifference(format) => {
                write!(f, "`--diff` is written as text, markdown or html, and not as {format}")
            }
            Fault::Write(path, error) => write!(f, "{}: expected to write the report: {error}", path.display()),
            Fault::Print(error) => write!(f, "expected to print the report: {error}"),
        }
    }
}

impl std::error::Error for CommandError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.0 {
            Fault::Read(_, error) | Fault::Write(_, error) | Fault::Print(error) => Some(error),
            Fault::Json(_, error) => Some(error),
            Fault::Messages(error) => Some(error),
            Fault::Usage(_) | Fault::NoDifference(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(arguments: &str) -> Result<Command, String> {
        let arguments = arguments.split(' ').filter(|word| !word.is_empty()).map(OsString::from);
        command(arguments).map_err(|error| error.to_string().lines().next().unwrap_or_default().to_owned())
    }

    #[test]
    fn a_graph_has_options_in_any_order() {
        let options = Options {
            format: Some(Format::Dot),
            out: Some("a.dot".into()),
            diff: Some("old.json".into()),
            next: Some(Registration::Interface),
        };
        let written = "--out a.dot graph --next interface --diff=old.json --format dot";
        assert_eq!(read(written), Ok(Command::Graph(options)));
        assert_eq!(read(""), Ok(Command::Graph(Options::default())));
    }

    #[test]
    fn the_other_commands_have_none() {
        assert_eq!(read("coverage"), Ok(Command::Coverage));
        assert_eq!(read("uses"), Ok(Command::Uses));
        assert_eq!(read("uses -h"), Ok(Command::Help));
        assert_eq!(read("coverage --format dot"), Err("`coverage` takes no options".to_owned()));
    }

    #[test]
    fn what_is_not_understood_is_named_with_what_was_expected() {
        assert_eq!(read("draw"), Err("`draw`: expected `graph`, `coverage` or `uses`".to_owned()));
        assert_eq!(read("graph coverage"), Err("unexpected argument \"coverage\"".to_owned()));
        assert_eq!(read("--depth 3"), Err("invalid option '--depth'".to_owned()));
        let error = read("--format png").unwrap_err();
        assert!(
            error.contains("`png` is no format: expected one of text, markdown, json, dot, mermaid, html"),
            "{error}"
        );
        let error = read("--next both").unwrap_err();
        assert!(error.contains("`both` is no registration: expected one of interface, dual, concrete"), "{error}");
    }

    #[test]
    fn the_uses_are_lines_and_a_broken_message_is_named() {
        assert_eq!(uses("").unwrap(), "");
        let error = uses("{\"reason\":\"build-finished\"}\nwarning: unused").unwrap_err().to_string();
        assert!(error.starts_with("line 2: expected a message of `cargo check --message-format=json`"), "{error}");
    }
}
