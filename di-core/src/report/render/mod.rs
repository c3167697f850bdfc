//! The formats of a report.

mod dot;
pub(super) mod html;
pub(super) mod json;
mod markdown;
mod mermaid;
pub(super) mod text;

use core::fmt;
use std::path::Path;
use std::str::FromStr;

use super::Report;
use super::analysis::difference::Difference;
use super::analysis::forecast::Forecast;
use super::model::{Edge, Form};

/// How a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Format {
    /// For a terminal.
    #[default]
    Text,
    /// The mapping document: each service with its interface, its old and its new key, and its phase.
    Markdown,
    /// For programs, with a schema: `docs/report.schema.json`.
    Json,
    /// For graphviz.
    Dot,
    /// For Mermaid.
    Mermaid,
    /// One page that needs nothing else.
    Html,
}

impl Format {
    const ALL: [(Self, &'static str, &'static [&'static str]); 6] = [
        (Self::Text, "text", &["txt"]),
        (Self::Markdown, "markdown", &["md"]),
        (Self::Json, "json", &["json"]),
        (Self::Dot, "dot", &["dot", "gv"]),
        (Self::Mermaid, "mermaid", &["mmd", "mermaid"]),
        (Self::Html, "html", &["html"]),
    ];

    /// The format that a file's extension tells.
    ///
    /// ```
    /// use di_core::report::Format;
    ///
    /// assert_eq!(Format::of_file("docs/graph.md".as_ref()), Some(Format::Markdown));
    /// assert_eq!(Format::of_file("graph".as_ref()), None);
    /// ```
    pub fn of_file(path: &Path) -> Option<Self> {
        let extension = path.extension()?.to_str()?;
        Self::ALL.iter().find(|(_, _, extensions)| extensions.contains(&extension)).map(|(format, ..)| *format)
    }
}

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.iter().find(|(_, name, _)| *name == word);
        found.map(|(format, ..)| *format).ok_or_else(|| UnknownFormat(word.to_owned()))
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Self::ALL.iter().find(|(format, ..)| format == self).map_or("", |(_, name, _)| name))
    }
}

/// A word that names no format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownFormat(String);

impl fmt::Display for UnknownFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = Format::ALL.iter().map(|(_, name, _)| *name).collect();
        write!(f, "`{}` is no format: expected one of {}", self.0, names.join(", "))
    }
}

impl std::error::Error for UnknownFormat {}

/// What a report can say besides what the graph is.
#[derive(Debug, Default)]
pub(super) struct Extra {
    pub(super) forecast: Option<Forecast>,
    pub(super) difference: Option<Difference>,
    /// Leaves out where things stand in their files, so that a line added above a service changes no committed report.
    pub(super) without_places: bool,
}

/// A report in a format.
pub(super) fn report(report: &Report, format: Format, extra: &Extra) -> String {
    match format {
        Format::Text => text::report(report, extra),
        Format::Markdown => markdown::report(report, extra),
        Format::Json => json::report(report, extra),
        Format::Dot => dot::report(report),
        Format::Mermaid => mermaid::report(report),
        Format::Html => html::page(report, extra),
    }
}

/// The form of a dependency as words before its key; nothing for the usual one.
pub(super) fn form(edge: &Edge) -> &'static str {
    match edge.form {
        Form::One => "",
        Form::Optional => "optional ",
        Form::Many => "every ",
        Form::Lazy => "lazy ",
        Form::Factory => "factory of ",
    }
}

/// A count with its noun.
pub(super) fn count(number: usize, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    match noun.strip_suffix('y') {
        Some(stem) if number != 1 => format!("{number} {stem}ies"),
        _ => format!("{number} {noun}{plural}"),
    }
}
