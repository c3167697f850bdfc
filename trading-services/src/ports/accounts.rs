//! Accounts of messages: how many were taken, and how many were not, for which reason.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::model::{InstrumentId, Rejection};

/// Messages that were not taken, by reason.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rejections([u64; Rejection::ALL.len()]);

/// The messages about one instrument, or about a venue as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// What they were about.
    pub instrument: InstrumentId,
    /// Messages that were taken.
    pub taken: u64,
    /// Messages that were not.
    pub rejections: Rejections,
}

impl Rejections {
    /// One more for that reason.
    pub fn count(&mut self, why: Rejection) {
        if let Some(count) = self.0.get_mut(why as usize) {
            *count += 1;
        }
    }

    /// Adds those of another account.
    pub fn add(&mut self, other: Self) {
        for (count, more) in self.0.iter_mut().zip(other.0) {
            *count += more;
        }
    }

    /// How many for that reason.
    pub fn get(&self, why: Rejection) -> u64 {
        self.0.get(why as usize).copied().unwrap_or(0)
    }

    /// How many in all.
    pub fn total(&self) -> u64 {
        self.0.iter().sum()
    }

    /// Every reason for which there was one.
    pub fn iter(&self) -> impl Iterator<Item = (Rejection, u64)> + '_ {
        Rejection::ALL.into_iter().map(|why| (why, self.get(why))).filter(|(_, count)| *count > 0)
    }
}

impl Serialize for Rejections {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (why, count) in self.iter() {
            map.serialize_entry(why.as_str(), &count)?;
        }
        map.end()
    }
}

impl std::fmt::Display for Rejections {
    /// `3 duplicate, 1 late`
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (index, (why, count)) in self.iter().enumerate() {
            write!(f, "{}{count} {why}", if index == 0 { "" } else { ", " })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_has_a_count_of_its_own() {
        let mut rejections = Rejections::default();
        for (times, why) in Rejection::ALL.into_iter().enumerate() {
            (0..times).for_each(|_| rejections.count(why));
        }
        for (times, why) in Rejection::ALL.into_iter().enumerate() {
            assert_eq!(rejections.get(why), times as u64, "{why}");
        }
        let reasons = Rejection::ALL.len();
        assert_eq!(rejections.total(), (reasons * (reasons - 1) / 2) as u64);
        assert_eq!(rejections.iter().count(), reasons - 1);
        assert!(rejections.to_string().starts_with("1 unreadable, 2 duplicate, "), "{rejections}");
    }
}
