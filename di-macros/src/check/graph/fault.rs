//! Faults of a graph with their places.

/// What is wrong, and under which of the user's tokens the caret goes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Fault {
    pub(crate) place: Place,
    /// The whole message: code, consumers, near misses, ways out, and where to read more.
    pub(crate) text: String,
}

/// A place in a container's declaration.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Place {
    /// The type of a node's field.
    Node(usize),
    /// The key of a node in its group: the literal in `#[many(.., key = "..")]`.
    Key(usize),
    /// The word after `build =`.
    Build,
    /// The number after this word: `interface_coverage` or `max_coupling`.
    Limit(&'static str),
    /// The interface in the nth `#[absent(..)]`.
    Absent(usize),
    /// The interface in the nth `#[empty(..)]`.
    Empty(usize),
}
