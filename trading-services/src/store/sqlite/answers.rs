//! The cache in front of reads that wait for the disk.

use std::hash::Hash;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use metrics::{counter, describe_counter};
use moka::sync::Cache;

use crate::ports::{BacktestJob, BacktestResult, KeptConfiguration, ModeSwitch, StateError, StateFact};

/// How long an answer is good for when this process writes nothing: commands such as `db forget` write beside it.
const TIME_TO_LIVE: Duration = Duration::from_secs(10);

/// How many answers of a kind are remembered at most: a result of a back-test may have some 100 kB.
const MOST: u64 = 16;

/// How many reads were answered by the cache, and how many by the database.
const READS: &str = "trading_store_reads_total";

/// How many writes there were after which another answer may be right.
///
/// Answers are remembered under this number, so one that was read before a write is found by nobody after it, even where it
/// arrives late. It counts a fact twice: when it is added, for it is read from then on, and when it is on the disk,
/// for until then it may be missing in what is read.
#[derive(Debug, Clone, Default)]
pub(super) struct Writes(Arc<AtomicU64>);

impl Writes {
    /// Another answer may be right from now on.
    pub(super) fn count(&self) {
        self.0.fetch_add(1, Ordering::AcqRel);
    }

    fn so_far(&self) -> u64 {
        self.0.load(Ordering::Acquire)
    }
}

/// Answers that were read, for a while and until something of their kind is written.
#[derive(Debug)]
pub(super) struct Answers {
    pub(super) configurations: Remembered<(), Vec<KeptConfiguration>>,
    pub(super) switches: Remembered<(), Vec<ModeSwitch>>,
    pub(super) backtests: Remembered<(), Vec<BacktestJob>>,
    pub(super) results: Remembered<u64, Option<Arc<BacktestResult>>>,
    writes: Writes,
    remembered: AtomicU64,
    read: AtomicU64,
}

pub(super) type Remembered<K, V> = Cache<(u64, K), V>;

impl Answers {
    pub(super) fn new(writes: Writes) -> Self {
        Self {
            configurations: empty(),
            switches: empty(),
            backtests: empty(),
            results: empty(),
            writes,
            remembered: AtomicU64::new(0),
            read: AtomicU64::new(0),
        }
    }

    /// What is remembered, else what is read; who asks for the same meanwhile waits for it. A failure is not remembered.
    pub(super) fn get<K, V>(
        &self,
        kind: &Remembered<K, V>,
        key: K,
        read: impl FnOnce() -> Result<V, StateError>,
    ) -> Result<V, StateError>
    where
        K: Hash + Eq + Send + Sync + 'static,
        V: Clone + Send + Sync + 'static,
    {
        let mut is_read = false;
        let answer = kind.try_get_with((self.writes.so_far(), key), || {
            is_read = true;
            read()
        });
        let (count, by) = if is_read { (&self.read, "database") } else { (&self.remembered, "cache") };
        count.fetch_add(1, Ordering::Relaxed);
        counter!(READS, "by" => by).increment(1);
        answer.map_err(|error| (*error).clone())
    }

    /// How many reads the cache has answered, and how many the database.
    pub(super) fn counts(&self) -> (u64, u64) {
        (self.remembered.load(Ordering::Relaxed), self.read.load(Ordering::Relaxed))
    }
}

/// Says what is counted.
pub(in crate::store) fn describe() {
    describe_counter!(READS, "Reads of what is kept, by what has answered: the cache or the database.");
}

/// Whether an answer may be another one once this is kept.
pub(super) fn is_read(fact: &StateFact) -> bool {
    matches!(
        fact,
        StateFact::Configured { .. }
            | StateFact::Switched(_)
            | StateFact::Backtest { .. }
            | StateFact::BacktestForgotten { .. }
    )
}

fn empty<K, V>() -> Remembered<K, V>
where
    K: Hash + Eq + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    Cache::builder().max_capacity(MOST).time_to_live(TIME_TO_LIVE).build()
}
