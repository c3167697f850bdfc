//! Texts that a test compares with those on file.

use std::fs;
use std::path::Path;

/// Compares a text with the one on file, or writes it if the variable is set.
///
/// # Panics
///
/// They differ: the message shows the first line where they do, and names the variable. Or the file cannot be written.
#[track_caller]
pub fn assert_on_file(path: &Path, found: &str, variable: &str) {
    if std::env::var_os(variable).is_some() {
        let written = fs::create_dir_all(path.parent().unwrap_or(path)).and_then(|()| fs::write(path, found));
        assert!(written.is_ok(), "{}: {written:?}", path.display());
        return;
    }
    let expected = fs::read_to_string(path).unwrap_or_default();
    assert!(
        expected == found,
        "{} differs from what was found, {}\n\nIf it is meant, run the test with {variable}=1 and read the difference.",
        path.display(),
        difference(&expected, found)
    );
}

/// The first line in which two texts differ, with the lines around it.
fn difference(expected: &str, found: &str) -> String {
    let differs = expected.lines().zip(found.lines()).position(|(one, other)| one != other);
    let line = differs.unwrap_or_else(|| expected.lines().count().min(found.lines().count()));
    let around = |text: &str| text.lines().skip(line.saturating_sub(3)).take(7).collect::<Vec<_>>().join("\n");
    format!("in line {}\n--- on file\n{}\n--- found\n{}", line + 1, around(expected), around(found))
}
