//! How a container is built: at once or later, surely or perhaps.

/// Whether the build is async, and whether it can fail.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// As the services and the pin say.
    Known { is_async: bool, is_fallible: bool },
    /// As its modules are, too: only their types tell.
    OfModules { is_async: bool, is_fallible: bool },
}
