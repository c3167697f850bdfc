//! Counters of events: published, delivered, failed, not taken in time.

use std::ops::Add;
use std::sync::atomic::{AtomicU64, Ordering};

use thread_local::ThreadLocal;

/// The counts of a topic, or of all topics together, since the bus was made.
///
/// Once nothing is on its way, `delivered + failed + lagged` is what all subscribers together were owed: each event
/// is counted once per subscriber that was there when it was published.
///
/// ```
/// use di_core::events::{Bus, Event};
///
/// #[derive(Debug, Clone)]
/// struct Tick;
///
/// impl Event for Tick {
///     const TOPIC: &'static str = "market.tick";
/// }
///
/// let bus = Bus::new();
/// let ticks = bus.topic::<Tick>();
/// let _quiet = ticks.observe("quiet", |_| {});
/// let _other = ticks.observe("other", |_| {});
/// ticks.publish(Tick).now()?;
/// assert_eq!((ticks.counters().published, ticks.counters().delivered), (1, 2));
/// # Ok::<(), di_core::events::PublishError>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counters {
    /// Events that a topic accepted, with or without subscribers.
    pub published: u64,
    /// Deliveries that ended well: taken from a queue, or handled without an error.
    pub delivered: u64,
    /// Deliveries that ended in the dead letters.
    pub failed: u64,
    /// Deliveries that did not happen: dropped because the subscriber was slow, or left over when it went away.
    pub lagged: u64,
}

impl Add for Counters {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            published: self.published + other.published,
            delivered: self.delivered + other.delivered,
            failed: self.failed + other.failed,
            lagged: self.lagged + other.lagged,
        }
    }
}

/// The counts of one topic, per thread.
///
/// Each cell has one writer, its thread, so that counting is a load and a store. One counter for all threads would
/// be an atomic addition, a third of the cost of a publication, and a cache line that all publishers fight for.
#[derive(Debug, Default)]
pub(super) struct Tally(ThreadLocal<Cells>);

/// In cache lines of their own, so that threads do not take them from each other.
#[derive(Debug, Default)]
#[repr(align(128))]
struct Cells {
    published: AtomicU64,
    delivered: AtomicU64,
    failed: AtomicU64,
    lagged: AtomicU64,
}

impl Tally {
    /// One event was published, and so many observers have seen it.
    #[inline]
    pub(super) fn published(&self, delivered: u64) {
        let cells = self.0.get_or_default();
        add(&cells.published, 1);
        add(&cells.delivered, delivered);
    }

    pub(super) fn delivered(&self) {
        add(&self.0.get_or_default().delivered, 1);
    }

    pub(super) fn failed(&self) {
        add(&self.0.get_or_default().failed, 1);
    }

    pub(super) fn lagged(&self, count: u64) {
        add(&self.0.get_or_default().lagged, count);
    }

    pub(super) fn sum(&self) -> Counters {
        let read = |cell: &AtomicU64| cell.load(Ordering::Relaxed);
        self.0.iter().fold(Counters::default(), |sum, cells| {
            sum + Counters {
                published: read(&cells.published),
                delivered: read(&cells.delivered),
                failed: read(&cells.failed),
                lagged: read(&cells.lagged),
            }
        })
    }
}

/// Adds to a cell of the current thread. Nothing of the user's runs between the load and the store, so a handler that
/// publishes again cannot come in between.
#[inline]
fn add(cell: &AtomicU64, count: u64) {
    cell.store(cell.load(Ordering::Relaxed).wrapping_add(count), Ordering::Relaxed);
}
