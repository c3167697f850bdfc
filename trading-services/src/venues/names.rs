//! Lists of names in messages.

/// The names as given, separated by commas.
pub(super) fn list<T: ToString>(names: impl IntoIterator<Item = T>) -> String {
    names.into_iter().map(|name| name.to_string()).collect::<Vec<_>>().join(", ")
}
