//! Uses of concrete keys outside of the graph, from what the compiler says of the next phase.

use std::fmt;

use serde::Deserialize;

/// A place outside of the graph that asks a container for a concrete type which no longer answers: a call of `get` or
/// `shared`, or of a function that is generic over its container.
///
/// A trait bound cannot warn, and a call need not name its type: `let venue: &Bybit = app.get();`. So these places are
/// found by the compiler itself, which knows every type, when the next phase is switched on for one check:
///
/// ```text
/// cargo check --all-targets --keep-going --features interfaces-only --message-format=json | app-report uses
/// ```
///
/// It lists what is compiled. It misses code that a `cfg` leaves out, and crates whose dependencies fail in the next phase
/// themselves. A container that answers a single key makes the compiler guess that one, and say that the types mismatch.
/// Take it when [`Report::forecast`](super::Report::forecast) finds nothing any more.
///
/// ```
/// use di_core::report::ConcreteUse;
///
/// let messages = r#"{"reason":"compiler-message","message":{"level":"error","code":{"code":"E0277"},
///     "message":"[DI0001] `App` keeps no instance of `Bybit`","children":[],
///     "spans":[{"file_name":"src/main.rs","line_start":7,"column_start":31,"is_primary":true,
///               "text":[{"text":"    let venue: &Bybit = app.get();"}]}]}}"#.replace('\n', "");
/// let uses = ConcreteUse::all(&messages)?;
/// assert_eq!(uses[0].to_string(), "src/main.rs:7:31: App is asked for Bybit: let venue: &Bybit = app.get();");
/// # Ok::<(), di_core::report::MessagesError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct ConcreteUse {
    /// The file, as the compiler names it.
    pub file: String,
    /// The line, counted from one.
    pub line: u32,
    /// The column, counted from one.
    pub column: u32,
    /// The container that is asked.
    pub container: String,
    /// The concrete type.
    pub key: String,
    /// The line's text.
    pub text: String,
}

impl fmt::Display for ConcreteUse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, column, container, key, text } = self;
        write!(f, "{file}:{line}:{column}: {container} is asked for {key}: {}", text.trim())
    }
}

impl ConcreteUse {
    /// The uses in the messages of `cargo check --message-format=json`, sorted, each once.
    ///
    /// # Errors
    ///
    /// If a line is no message of cargo.
    pub fn all(messages: &str) -> Result<Vec<Self>, MessagesError> {
        let mut uses = Vec::new();
        for (index, line) in messages.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let line: Line = serde_json::from_str(line).map_err(|error| MessagesError { line: index + 1, error })?;
            uses.extend(line.message.as_ref().and_then(Self::of));
        }
        // A check of all targets says the same of a library and of its tests.
        uses.sort();
        uses.dedup();
        Ok(uses)
    }

    fn of(message: &Message) -> Option<Self> {
        let is_bound = message.code.as_ref().is_some_and(|code| code.code == "E0277");
        if message.level != "error" || !is_bound || !message.message.starts_with("[DI0001]") {
            return None;
        }
        let mut named = quoted(&message.message);
        let container = named.next()?.to_owned();
        let key = match named.next() {
            Some(key) => key.to_owned(),
            // The trait of the bound has the key as its argument.
            None => message.children.iter().find_map(|child| argument(quoted(&child.message).next()?))?,
        };
        if key.trim_start_matches('(').starts_with("dyn ") {
            return None;
        }
        let span = message.spans.iter().find(|span| span.is_primary)?;
        let text = span.text.first().map(|line| line.text.clone()).unwrap_or_default();
        Some(Self {
            file: span.file_name.clone(),
            line: span.line_start,
            column: span.column_start,
            container,
            key,
            text,
        })
    }
}

/// What stands between backticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// The first generic argument of a trait: `Bybit` of `Lends<Bybit, Unqualified>`.
fn argument(bound: &str) -> Option<String> {
    let arguments = bound.split_once('<')?.1.strip_suffix('>')?;
    let mut depth = 0;
    let end = arguments.char_indices().find(|(_, character)| {
        match character {
            '<' | '(' => depth += 1,
            '>' | ')' => depth -= 1,
            _ => {}
        }
        *character == ',' && depth == 0
    });
    Some(arguments[..end.map_or(arguments.len(), |(index, _)| index)].to_owned())
}

#[derive(Deserialize)]
struct Line {
    message: Option<Message>,
}

#[derive(Deserialize)]
struct Message {
    message: String,
    level: String,
    code: Option<ErrorCode>,
    #[serde(default)]
    spans: Vec<Span>,
    #[serde(default)]
    children: Vec<Self>,
}

#[derive(Deserialize)]
struct ErrorCode {
    code: String,
}

#[derive(Deserialize)]
struct Span {
    file_name: String,
    line_start: u32,
    column_start: u32,
    is_primary: bool,
    #[serde(default)]
    text: Vec<SourceLine>,
}

#[derive(Deserialize)]
struct SourceLine {
    text: String,
}

/// A line that is no message of cargo.
#[derive(Debug)]
pub struct MessagesError {
    line: usize,
    error: serde_json::Error,
}

impl fmt::Display for MessagesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { line, error } = self;
        write!(f, "line {line}: expected a message of `cargo check --message-format=json`: {error}")
    }
}

impl std::error::Error for MessagesError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.error)
    }
}
