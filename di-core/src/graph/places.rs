//! The lines of source files at which fields and services stand.

use core::fmt;

use super::Graph;

/// A line of a source file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The file, as the compiler was given it.
    pub file: &'static str,
    /// The line, counted from one.
    pub line: u32,
}

impl fmt::Display for Place {
    /// As `src/app.rs:12`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// The places of a graph, as the macro writes them: the container's file; then, a line for each field, the number of its line,
/// that of its service, and the service's file if that is another one. What is not known is empty.
///
/// A function, and not its text: what the compiler evaluates of a graph does then not depend on lines, which every edit moves.
#[derive(Clone, Copy)]
pub(crate) struct Places(fn() -> &'static str);

impl Places {
    pub(super) const fn of(text: fn() -> &'static str) -> Self {
        Self(text)
    }
}

impl fmt::Debug for Places {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Places")
    }
}

impl Graph {
    /// Where the field of a node stands; nothing for a group.
    ///
    /// ```
    /// # use di_core::{Container, container, service};
    /// #[service]
    /// pub struct Clock;
    ///
    /// #[container]
    /// pub struct App {
    ///     clock: Clock,
    /// }
    ///
    /// let graph = App::GRAPH;
    /// let (field, service) = (graph.field_place(0).unwrap(), graph.service_place(0).unwrap());
    /// assert_eq!(field.line - service.line, 4);
    /// ```
    pub fn field_place(&self, node: usize) -> Option<Place> {
        let (file, lines) = (self.places.0)().split_once('\n')?;
        let own = lines.split('\n').nth(node)?.split('\t').next()?;
        Some(Place { file, line: own.parse().ok()? })
    }

    /// Where the service of a node, or the container that it is, stands; nothing for what is supplied.
    pub fn service_place(&self, node: usize) -> Option<Place> {
        let (file, lines) = (self.places.0)().split_once('\n')?;
        let mut own = lines.split('\n').nth(node)?.split('\t').skip(1);
        let line = own.next()?.parse().ok()?;
        Some(Place { file: own.next().unwrap_or(file), line })
    }
}
