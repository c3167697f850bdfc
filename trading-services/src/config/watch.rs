//! The watch on a file for changes.

use std::path::Path;
use std::time::SystemTime;

/// How a file was: when it was written, and how long it is; `None` while it is not there.
type Seen = Option<(SystemTime, u64)>;

/// Looks at a file now and then. A change counts when the file has stayed as it is for one look: an editor may still write.
#[derive(Debug)]
pub(super) struct Watch {
    known: Seen,
    changing: Option<Seen>,
}

impl Watch {
    /// What the file is now is no change, if it says what was read from it.
    pub(super) fn of(path: &Path, read: Option<&str>) -> Self {
        let now = seen(path);
        let is_as_read = std::fs::read_to_string(path).ok().as_deref() == read;
        Self { known: now.filter(|_| is_as_read), changing: None }
    }

    /// Whether the file is another than before, and done with.
    pub(super) fn has_changed(&mut self, path: &Path) -> bool {
        let now = seen(path);
        if now == self.known {
            self.changing = None;
            return false;
        }
        if self.changing != Some(now) {
            self.changing = Some(now);
            return false;
        }
        (self.known, self.changing) = (now, None);
        // A file that is gone says nothing; what held, holds.
        now.is_some()
    }
}

fn seen(path: &Path) -> Seen {
    let file = std::fs::metadata(path).ok()?;
    Some((file.modified().ok()?, file.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_counts_once_and_when_it_is_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("settings.toml");
        std::fs::write(&path, "a").unwrap();
        let mut watch = Watch::of(&path, Some("a"));
        assert!(!watch.has_changed(&path));
        std::fs::write(&path, "ab").unwrap();
        assert!(!watch.has_changed(&path), "it may go on");
        std::fs::write(&path, "abc").unwrap();
        assert!(!watch.has_changed(&path), "it did");
        assert!(watch.has_changed(&path));
        assert!(!watch.has_changed(&path));
        std::fs::remove_file(&path).unwrap();
        assert!(!watch.has_changed(&path) && !watch.has_changed(&path), "a file that is gone is no new one");
    }

    #[test]
    fn a_change_between_the_reading_and_the_first_look_counts() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("settings.toml");
        std::fs::write(&path, "written while the platform was built").unwrap();
        let mut watch = Watch::of(&path, Some("a"));
        assert_eq!([(); 3].map(|()| watch.has_changed(&path)), [false, true, false]);
    }
}
