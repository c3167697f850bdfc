//! The order book of one symbol, from a snapshot and its changes.

use std::collections::{BTreeMap, VecDeque};

use crate::model::{BookDiff, BookSnapshot, BookTop, Level, Price, Quantity};
use crate::ports::Gap;

/// Diffs that wait for a snapshot; older ones are dropped.
const MAX_WAITING: usize = 10_000;

/// The book of one symbol.
///
/// Diffs chain by the rule of Binance spot: the first update of a diff is at most one after the last update of the
/// book, `U <= last + 1 <= u`. A diff that is older is dropped; one that is newer is a gap, and the book waits for a
/// snapshot while it keeps the diffs. See <https://developers.binance.com/docs/binance-spot-api-docs/web-socket-streams>.
///
/// ```
/// use trading_services::data::OrderBook;
/// use trading_services::model::{BookSnapshot, Level, SnapshotOrigin};
///
/// let level = |price: &str| Ok::<_, trading_services::model::ValueError>(Level { price: price.parse()?, quantity: "1".parse()? });
/// let mut book = OrderBook::default();
/// book.apply_snapshot(&BookSnapshot {
///     last_update_id: 7,
///     bids: vec![level("99")?, level("100")?],
///     asks: vec![level("101")?],
///     time: None,
///     origin: SnapshotOrigin::Stream,
/// });
/// assert_eq!(book.top().bid, Some(level("100")?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct OrderBook {
    bids: BTreeMap<Price, Quantity>,
    asks: BTreeMap<Price, Quantity>,
    last_update_id: Option<u64>,
    waiting: VecDeque<BookDiff>,
}

/// What became of a diff.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DiffOutcome {
    /// It is in the book.
    Applied,
    /// It waits for a snapshot.
    Waiting,
    /// The book already has it.
    Stale,
    /// Diffs are missing before it; it waits for a snapshot.
    Gap(Gap),
}

/// What became of a snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SnapshotOutcome {
    /// The book is complete.
    Applied,
    /// The book is already further.
    Stale,
    /// It is too old for the diffs that wait; a newer one is needed.
    TooOld(Gap),
}

impl OrderBook {
    /// The number of the last change; `None` while the book waits for a snapshot.
    pub fn last_update_id(&self) -> Option<u64> {
        self.last_update_id
    }

    /// The best of both sides; empty while the book waits for its first snapshot.
    pub fn top(&self) -> BookTop {
        let level = |(price, quantity): (&Price, &Quantity)| Level { price: *price, quantity: *quantity };
        BookTop { bid: self.bids.last_key_value().map(level), ask: self.asks.first_key_value().map(level) }
    }

    /// Buyers, the best first.
    pub fn bids(&self) -> impl Iterator<Item = Level> + '_ {
        self.bids.iter().rev().map(|(price, quantity)| Level { price: *price, quantity: *quantity })
    }

    /// Sellers, the best first.
    pub fn asks(&self) -> impl Iterator<Item = Level> + '_ {
        self.asks.iter().map(|(price, quantity)| Level { price: *price, quantity: *quantity })
    }

    /// Replaces the book, then applies the diffs that waited and are newer.
    pub fn apply_snapshot(&mut self, snapshot: &BookSnapshot) -> SnapshotOutcome {
        let id = snapshot.last_update_id;
        if self.last_update_id.is_some_and(|last| id <= last) {
            return SnapshotOutcome::Stale;
        }
        self.waiting.retain(|diff| diff.last_update_id > id);
        if let Some(first) = self.waiting.front().filter(|first| first.first_update_id > id.saturating_add(1)) {
            return SnapshotOutcome::TooOld(Gap { expected: id.saturating_add(1), found: first.first_update_id });
        }
        self.bids = side(&snapshot.bids);
        self.asks = side(&snapshot.asks);
        self.last_update_id = Some(id);
        for diff in std::mem::take(&mut self.waiting) {
            if let DiffOutcome::Gap(gap) = self.apply_diff(&diff) {
                return SnapshotOutcome::TooOld(gap);
            }
        }
        SnapshotOutcome::Applied
    }

    /// Applies a diff, or keeps it until a snapshot comes.
    pub fn apply_diff(&mut self, diff: &BookDiff) -> DiffOutcome {
        let Some(last) = self.last_update_id else {
            self.wait(diff);
            return DiffOutcome::Waiting;
        };
        if diff.last_update_id <= last {
            return DiffOutcome::Stale;
        }
        let expected = last.saturating_add(1);
        if diff.first_update_id > expected {
            self.last_update_id = None;
            self.wait(diff);
            return DiffOutcome::Gap(Gap { expected, found: diff.first_update_id });
        }
        change(&mut self.bids, &diff.bids);
        change(&mut self.asks, &diff.asks);
        self.last_update_id = Some(diff.last_update_id);
        DiffOutcome::Applied
    }

    fn wait(&mut self, diff: &BookDiff) {
        if self.waiting.len() == MAX_WAITING {
            self.waiting.pop_front();
        }
        self.waiting.push_back(diff.clone());
    }
}

fn side(levels: &[Level]) -> BTreeMap<Price, Quantity> {
    let mut side = BTreeMap::new();
    change(&mut side, levels);
    side
}

fn change(side: &mut BTreeMap<Price, Quantity>, levels: &[Level]) {
    for level in levels {
        if level.quantity.is_zero() {
            side.remove(&level.price);
        } else {
            side.insert(level.price, level.quantity);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{SnapshotOrigin, Timestamp};

    fn level(price: u32, quantity: u32) -> Level {
        Level { price: Price::new(price.into()).unwrap(), quantity: Quantity::new(quantity.into()).unwrap() }
    }

    fn snapshot(id: u64) -> BookSnapshot {
        let (bids, asks) = (vec![level(10, 1)], vec![level(20, 1)]);
        BookSnapshot { last_update_id: id, bids, asks, time: None, origin: SnapshotOrigin::Request }
    }

    fn diff(first: u64, last: u64, bids: &[(u32, u32)]) -> BookDiff {
        BookDiff {
            first_update_id: first,
            last_update_id: last,
            previous_update_id: None,
            bids: bids.iter().map(|(price, quantity)| level(*price, *quantity)).collect(),
            asks: Vec::new(),
            time: Timestamp::default(),
        }
    }

    #[test]
    fn diffs_before_the_snapshot_wait_and_stale_ones_are_dropped() {
        let mut book = OrderBook::default();
        assert_eq!(book.apply_diff(&diff(1, 4, &[(15, 1)])), DiffOutcome::Waiting);
        assert_eq!(book.apply_diff(&diff(5, 7, &[(12, 1)])), DiffOutcome::Waiting);
        assert_eq!(book.apply_snapshot(&snapshot(5)), SnapshotOutcome::Applied);
        assert_eq!(book.last_update_id(), Some(7));
        assert_eq!(book.top().bid, Some(level(12, 1)), "the first diff is older than the snapshot");
        assert_eq!(book.apply_diff(&diff(6, 7, &[(13, 1)])), DiffOutcome::Stale);
    }

    #[test]
    fn a_gap_is_named_and_a_newer_snapshot_heals_it() {
        let mut book = OrderBook::default();
        book.apply_snapshot(&snapshot(5));
        let gap = Gap { expected: 6, found: 8 };
        assert_eq!(book.apply_diff(&diff(8, 9, &[(11, 1)])), DiffOutcome::Gap(gap));
        assert_eq!(book.last_update_id(), None);
        assert_eq!(book.apply_snapshot(&snapshot(6)), SnapshotOutcome::TooOld(Gap { expected: 7, found: 8 }));
        assert_eq!(book.apply_snapshot(&snapshot(7)), SnapshotOutcome::Applied);
        assert_eq!((book.last_update_id(), book.top().bid), (Some(9), Some(level(11, 1))));
    }

    #[test]
    fn a_snapshot_older_than_the_book_changes_nothing() {
        let mut book = OrderBook::default();
        book.apply_snapshot(&snapshot(5));
        book.apply_diff(&diff(6, 6, &[(11, 2)]));
        assert_eq!(book.apply_snapshot(&snapshot(5)), SnapshotOutcome::Stale);
        assert_eq!(book.top().bid, Some(level(11, 2)));
    }

    #[test]
    fn a_zero_quantity_removes_the_level() {
        let mut book = OrderBook::default();
        book.apply_snapshot(&snapshot(5));
        book.apply_diff(&diff(6, 6, &[(10, 0)]));
        assert_eq!(book.top().bid, None);
    }
}
