//! The order book of one instrument, from snapshots and changes by the rules of its venue.

use std::collections::VecDeque;

use super::book_side::BookSide;
use crate::model::{BookDiff, BookSnapshot, BookTop, Level, Side, SnapshotOrigin, Timestamp};
use crate::ports::Gap;

/// Changes that wait for a snapshot; older ones are dropped.
const MAX_WAITING: usize = 10_000;

/// The book of one instrument.
///
/// How changes chain is read from the message:
///
/// - Where a change names the one before it (Binance USD-M `pu`), that is the rule: it equals the last update of the book.
///   The first change after a snapshot has the snapshot's number within its own, `U <= id <= u`.
/// - Else the first update of a change is at most one after the last update of the book, `U <= id + 1 <= u` (Binance spot,
///   and Bybit with `U = u`).
///
/// An older change is dropped; a newer one is a gap, and the book waits for a snapshot while it keeps the changes. Numbers
/// that begin again while time goes on are a reset. See
/// <https://developers.binance.com/docs/binance-spot-api-docs/web-socket-streams> and
/// <https://developers.binance.com/docs/derivatives/usds-margined-futures/websocket-market-streams>.
///
/// ```
/// use trading_services::data::OrderBook;
/// use trading_services::model::{BookSnapshot, Level, SnapshotOrigin};
///
/// let level = |price: &str| Ok::<_, trading_services::model::ValueError>(Level { price: price.parse()?, quantity: "1".parse()? });
/// let mut book = OrderBook::default();
/// book.apply_snapshot(&BookSnapshot {
///     last_update_id: 7,
///     bids: vec![level("99")?, level("100")?].into(),
///     asks: vec![level("101")?].into(),
///     time: None,
///     origin: SnapshotOrigin::Stream,
/// });
/// assert_eq!(book.top().bid, Some(level("100")?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct OrderBook {
    bids: BookSide,
    asks: BookSide,
    last_update_id: Option<u64>,
    /// Whether a change was applied after the last snapshot.
    is_joined: bool,
    /// Whether the venue sends changes.
    has_changes: bool,
    /// When the last change that was applied happened, by the venue's clock.
    last_time: Timestamp,
    waiting: VecDeque<BookDiff>,
    /// The last snapshot whose number was below the book's: the venue may have begun to count again.
    older: Option<BookSnapshot>,
}

/// What became of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DiffOutcome {
    /// It is in the book.
    Applied,
    /// It waits for a snapshot.
    Waiting,
    /// It waits for a snapshot, and the oldest that waited was dropped.
    Overflow,
    /// The book already has it.
    Stale,
    /// Changes are missing before it; it waits for a snapshot.
    Gap(Gap),
    /// The venue has begun to count again; with the snapshot that came before, the change is in the book.
    Reset(Gap),
}

/// What became of a snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SnapshotOutcome {
    /// The book is complete.
    Applied {
        /// Changes that waited and were dropped, because the snapshot has them already.
        dropped: usize,
    },
    /// The book is already further.
    Stale,
    /// It is too old for the changes that wait; a newer one is needed.
    TooOld(Gap),
    /// Changes are missing between those that waited. Those after the gap wait on, for a newer snapshot.
    Gap {
        /// What is missing.
        gap: Gap,
        /// Changes that waited and were dropped, because the snapshot has them already.
        dropped: usize,
    },
}

/// How a change stands to the book.
enum Place {
    Next,
    Old,
    Missing,
}

impl Default for OrderBook {
    fn default() -> Self {
        Self {
            bids: BookSide::new(Side::Buy),
            asks: BookSide::new(Side::Sell),
            last_update_id: None,
            is_joined: false,
            has_changes: false,
            last_time: Timestamp::default(),
            waiting: VecDeque::new(),
            older: None,
        }
    }
}

impl OrderBook {
    /// The number of the last change; `None` while the book waits for a snapshot.
    pub fn last_update_id(&self) -> Option<u64> {
        self.last_update_id
    }

    /// Whether changes wait for a snapshot without which this is no book.
    pub fn is_waiting(&self) -> bool {
        self.last_update_id.is_none() && self.has_changes
    }

    /// The best of both sides; empty while the book waits for a snapshot.
    pub fn top(&self) -> BookTop {
        match self.last_update_id {
            Some(_) => BookTop { bid: self.bids.best(), ask: self.asks.best() },
            None => BookTop::default(),
        }
    }

    /// Buyers, the best first; nobody while the book waits for a snapshot.
    pub fn bids(&self) -> impl Iterator<Item = Level> + '_ {
        self.bids.iter()
    }

    /// Sellers, the best first; nobody while the book waits for a snapshot.
    pub fn asks(&self) -> impl Iterator<Item = Level> + '_ {
        self.asks.iter()
    }

    /// Replaces the book, then applies the changes that waited and are newer.
    pub fn apply_snapshot(&mut self, snapshot: &BookSnapshot) -> SnapshotOutcome {
        let id = snapshot.last_update_id;
        match snapshot.origin {
            // Of two connections, the one that begins may tell a book that the other one has changed since. A count that
            // begins again has lower numbers, too, and a later time.
            SnapshotOrigin::Stream
                if self.last_update_id.is_some_and(|last| id < last)
                    && snapshot.time.is_some_and(|time| time < self.last_time) =>
            {
                return SnapshotOutcome::Stale;
            }
            SnapshotOrigin::Stream => {
                let dropped = std::mem::take(&mut self.waiting).len();
                self.replace(snapshot);
                return SnapshotOutcome::Applied { dropped };
            }
            SnapshotOrigin::Partial if self.has_changes => return SnapshotOutcome::Stale,
            SnapshotOrigin::Partial | SnapshotOrigin::Request => {}
        }
        if self.last_update_id.is_some_and(|last| id <= last) {
            self.older = Some(snapshot.clone());
            return SnapshotOutcome::Stale;
        }
        let first = self.waiting.iter().find_map(|diff| match place(diff, id, false) {
            Place::Old => None,
            Place::Next => Some(None),
            Place::Missing => Some(Some(diff.first_update_id)),
        });
        if let Some(Some(found)) = first {
            return SnapshotOutcome::TooOld(Gap { expected: id.saturating_add(1), found });
        }
        self.replace(snapshot);
        self.apply_waiting()
    }

    /// Applies the changes that waited, up to the first that does not follow: it and those after it wait on.
    fn apply_waiting(&mut self) -> SnapshotOutcome {
        let (mut waiting, mut dropped) = (std::mem::take(&mut self.waiting), 0);
        while let Some(diff) = waiting.pop_front() {
            match self.apply_diff(&diff) {
                DiffOutcome::Stale => dropped += 1,
                DiffOutcome::Gap(gap) => {
                    self.waiting.append(&mut waiting);
                    return SnapshotOutcome::Gap { gap, dropped };
                }
                DiffOutcome::Applied | DiffOutcome::Waiting | DiffOutcome::Overflow | DiffOutcome::Reset(_) => {}
            }
        }
        SnapshotOutcome::Applied { dropped }
    }

    /// Applies a change, or keeps it until a snapshot comes.
    pub fn apply_diff(&mut self, diff: &BookDiff) -> DiffOutcome {
        self.has_changes = true;
        let Some(last) = self.last_update_id else {
            return self.wait(diff);
        };
        match place(diff, last, self.is_joined) {
            Place::Next => {
                self.apply(diff);
                DiffOutcome::Applied
            }
            // A repeated change is as old as it was: one that is newer by time and older by number begins a new count.
            Place::Old if self.is_joined && diff.time > self.last_time => self.restart(diff, last),
            Place::Old => DiffOutcome::Stale,
            Place::Missing => {
                let gap = Gap { expected: last.saturating_add(1), found: diff.first_update_id };
                self.invalidate();
                self.wait(diff);
                DiffOutcome::Gap(gap)
            }
        }
    }

    /// Declares that this is no book until the next snapshot.
    pub fn invalidate(&mut self) {
        self.last_update_id = None;
        self.older = None;
        self.bids.clear();
        self.asks.clear();
    }

    /// The changes have ended, and may begin again anywhere: this is no book until the next snapshot, which none of those
    /// that wait may join. Returns how many of them were dropped.
    pub fn interrupt(&mut self) -> usize {
        self.invalidate();
        std::mem::take(&mut self.waiting).len()
    }

    /// Whether a change has followed the last snapshot, which shows that both are of one book.
    pub(super) fn is_joined(&self) -> bool {
        self.is_joined
    }

    fn restart(&mut self, diff: &BookDiff, last: u64) -> DiffOutcome {
        let gap = Gap { expected: last.saturating_add(1), found: diff.first_update_id };
        match self.older.take() {
            Some(older) if matches!(place(diff, older.last_update_id, false), Place::Next) => {
                self.replace(&older);
                self.apply(diff);
                DiffOutcome::Reset(gap)
            }
            _ => {
                self.invalidate();
                self.wait(diff);
                DiffOutcome::Gap(gap)
            }
        }
    }

    fn replace(&mut self, snapshot: &BookSnapshot) {
        self.bids.clear();
        self.bids.change(&snapshot.bids);
        self.asks.clear();
        self.asks.change(&snapshot.asks);
        self.last_update_id = Some(snapshot.last_update_id);
        (self.is_joined, self.older) = (snapshot.origin == SnapshotOrigin::Stream, None);
    }

    fn apply(&mut self, diff: &BookDiff) {
        self.bids.change(&diff.bids);
        self.asks.change(&diff.asks);
        self.last_update_id = Some(diff.last_update_id);
        (self.is_joined, self.last_time) = (true, diff.time);
    }

    fn wait(&mut self, diff: &BookDiff) -> DiffOutcome {
        let is_full = self.waiting.len() == MAX_WAITING;
        if is_full {
            self.waiting.pop_front();
        }
        self.waiting.push_back(diff.clone());
        if is_full { DiffOutcome::Overflow } else { DiffOutcome::Waiting }
    }
}

/// How a change stands to a book at update `last`; the first one after a snapshot `joins` by a rule of its own.
fn place(diff: &BookDiff, last: u64, is_joined: bool) -> Place {
    let BookDiff { first_update_id: first, last_update_id: end, previous_update_id, .. } = *diff;
    match previous_update_id {
        Some(previous) if previous == last => Place::Next,
        Some(_) if !is_joined && first <= last && last <= end => Place::Next,
        Some(_) if !is_joined && end < last => Place::Old,
        Some(_) if is_joined && end <= last => Place::Old,
        Some(_) => Place::Missing,
        None if end <= last => Place::Old,
        None if first <= last.saturating_add(1) => Place::Next,
        None => Place::Missing,
    }
}
