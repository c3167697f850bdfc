//! Lists of book levels, whose memory is used again by the next message.

use std::cell::RefCell;
use std::fmt;
use std::ops::Deref;

use crate::model::Level;

/// A thread keeps so many lists that are not in use.
const KEPT: usize = 64;
/// A longer list is not kept: it came from a snapshot, and changes are short.
const LONGEST: usize = 1_024;

thread_local! {
    static SPARE: RefCell<Vec<Vec<Level>>> = const { RefCell::new(Vec::new()) };
}

/// Levels of one side of a book. A message that is dropped leaves its memory to the next one of its thread, so that a
/// stream of changes allocates nothing.
///
/// ```
/// use trading_services::model::{Level, Levels};
///
/// let level = Level { price: "1".parse()?, quantity: "2".parse()? };
/// let levels: Levels = [level].into_iter().collect();
/// assert_eq!(levels[0], level);
/// # Ok::<(), trading_services::model::ValueError>(())
/// ```
#[derive(Default)]
pub struct Levels(Vec<Level>);

impl Levels {
    /// No levels, with the memory of earlier ones where there is some.
    pub fn new() -> Self {
        Self(SPARE.with_borrow_mut(Vec::pop).unwrap_or_default())
    }

    /// Adds one at the end.
    pub fn push(&mut self, level: Level) {
        self.0.push(level);
    }
}

impl Drop for Levels {
    fn drop(&mut self) {
        if (1..=LONGEST).contains(&self.0.capacity()) {
            let mut spare = std::mem::take(&mut self.0);
            spare.clear();
            // While a thread ends there is nothing left to keep it in.
            let _ = SPARE.try_with(|kept| {
                let mut kept = kept.borrow_mut();
                if kept.len() < KEPT {
                    kept.push(spare);
                }
            });
        }
    }
}

impl Deref for Levels {
    type Target = [Level];

    fn deref(&self) -> &[Level] {
        &self.0
    }
}

impl Clone for Levels {
    fn clone(&self) -> Self {
        self.iter().copied().collect()
    }
}

impl PartialEq for Levels {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl Eq for Levels {}

impl fmt::Debug for Levels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl From<Vec<Level>> for Levels {
    fn from(levels: Vec<Level>) -> Self {
        Self(levels)
    }
}

impl FromIterator<Level> for Levels {
    fn from_iter<I: IntoIterator<Item = Level>>(levels: I) -> Self {
        let mut list = Self::new();
        list.0.extend(levels);
        list
    }
}

impl<'a> IntoIterator for &'a Levels {
    type Item = &'a Level;
    type IntoIter = std::slice::Iter<'a, Level>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_memory_of_a_dropped_list_is_that_of_the_next() {
        let level = Level { price: "1".parse().unwrap(), quantity: "2".parse().unwrap() };
        let first: Levels = [level; 3].into_iter().collect();
        let memory = first.0.as_ptr();
        drop(first);
        let second = Levels::new();
        assert!(second.is_empty() && second.0.capacity() >= 3);
        assert_eq!(second.0.as_ptr(), memory);
    }
}
