//! The cancelling and closing at the end of trading, and what of it could not be done.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, TryLockError};
use std::time::Duration;

use rust_decimal::Decimal;
use tokio::time::Instant;

use crate::model::{InstrumentId, OrderId};
use crate::ports::{AlertContext, AlertLevel, AlertOutcome, IAlertService};
use crate::sync::lock;

/// Who cancels and closes, what is left over, and what of that people were told.
#[derive(Debug, Default)]
pub(super) struct WindDown {
    /// Held by the one who cancels and closes, across every write to the store. Who only asks does not wait for it.
    gate: Mutex<()>,
    /// How often somebody has begun or finished; odd while somebody is at it.
    steps: AtomicU64,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    is_done: bool,
    /// When everything was to be closed last; before that, when this process began.
    closing: Instant,
    left: Left,
    /// What people were told, as long as it holds.
    reported: BTreeSet<Trouble>,
}

impl Default for State {
    fn default() -> Self {
        Self { is_done: false, closing: Instant::now(), left: Left::default(), reported: BTreeSet::new() }
    }
}

/// What could not be ordered.
#[derive(Debug, Clone, Default)]
pub(super) struct Left {
    /// By instrument, why no order closes what is held of it.
    pub(super) unordered: BTreeMap<InstrumentId, String>,
    /// Orders that were to be cancelled, and why they are not.
    pub(super) uncancelled: BTreeMap<OrderId, String>,
}

/// Something that protects money, or that somebody has asked for, and that could not be done.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Trouble {
    pub(super) instrument: Option<InstrumentId>,
    pub(super) text: String,
}

impl Trouble {
    /// What stays held, and why.
    pub(super) fn held(instrument: &InstrumentId, held: Decimal, why: &str) -> Self {
        let text = format!("{} of {instrument} stay held, which were to be closed: {why}", held.normalize());
        Self { instrument: Some(instrument.clone()), text }
    }
}

/// Somebody cancels and closes, until this is dropped.
pub(super) struct UnderWay<'a> {
    steps: &'a AtomicU64,
    _gate: MutexGuard<'a, ()>,
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.steps.fetch_add(1, Ordering::SeqCst);
    }
}

impl WindDown {
    /// Waits until nobody else cancels and closes.
    pub(super) fn begin(&self) -> UnderWay<'_> {
        self.enter(lock(&self.gate))
    }

    /// The same where nobody can wait; `None` while somebody else cancels and closes.
    pub(super) fn try_begin(&self) -> Option<UnderWay<'_>> {
        match self.gate.try_lock() {
            Ok(gate) => Some(self.enter(gate)),
            Err(TryLockError::Poisoned(poisoned)) => Some(self.enter(poisoned.into_inner())),
            Err(TryLockError::WouldBlock) => None,
        }
    }

    fn enter<'a>(&'a self, gate: MutexGuard<'a, ()>) -> UnderWay<'a> {
        self.steps.fetch_add(1, Ordering::SeqCst);
        UnderWay { steps: &self.steps, _gate: gate }
    }

    /// A number that is another one after anybody has cancelled and closed; `None` while somebody does.
    pub(super) fn settled(&self) -> Option<u64> {
        Some(self.steps.load(Ordering::SeqCst)).filter(|steps| steps.is_multiple_of(2))
    }

    /// Whether everything was cancelled and closed once in this process, as far as that could be done.
    pub(super) fn is_done(&self) -> bool {
        lock(&self.state).is_done
    }

    pub(super) fn done(&self) {
        lock(&self.state).is_done = true;
    }

    /// Everything was to be closed now; this is what no order closes.
    pub(super) fn set_unordered(&self, unordered: BTreeMap<InstrumentId, String>) {
        let mut state = lock(&self.state);
        (state.left.unordered, state.closing) = (unordered, Instant::now());
    }

    /// How long ago everything was to be closed, by the machine: the injected clock stands still while no message comes.
    pub(super) fn since_closing(&self) -> Duration {
        lock(&self.state).closing.elapsed()
    }

    pub(super) fn set_uncancelled(&self, uncancelled: BTreeMap<OrderId, String>) {
        lock(&self.state).left.uncancelled = uncancelled;
    }

    pub(super) fn left(&self) -> Left {
        lock(&self.state).left.clone()
    }

    /// What people were told, as long as it holds.
    pub(super) fn reported(&self) -> Vec<String> {
        lock(&self.state).reported.iter().map(|trouble| trouble.text.clone()).collect()
    }

    /// Raises an alert for each instrument that has a trouble that people were not told of. One that is held back by the
    /// cool-down is raised again with the next report.
    ///
    /// Whether something could be done depends on the machine as well: such alerts are not in the event log.
    pub(super) fn report(&self, alerts: &dyn IAlertService, open: Vec<Trouble>) {
        for (instrument, troubles) in self.unreported(open) {
            let texts: Vec<_> = troubles.iter().map(|trouble| trouble.text.as_str()).collect();
            let text = texts.join("; ");
            let context = AlertContext { rule: "kill-switch", instrument, service: Some("TradingEngine") };
            match alerts.send_alert(&text, AlertLevel::Critical, context) {
                AlertOutcome::CoolingDown => continue,
                AlertOutcome::Sent(_) => tracing::error!("{text}"),
                AlertOutcome::Duplicate | AlertOutcome::BelowLevel => {}
            }
            lock(&self.state).reported.extend(troubles);
        }
    }

    /// All troubles of each instrument that has a new one: alerts of one instrument hold each other back, so that there is one for
    /// all of them. Troubles that are over are forgotten; if they come back, they are reported again.
    fn unreported(&self, open: Vec<Trouble>) -> BTreeMap<Option<InstrumentId>, Vec<Trouble>> {
        let mut state = lock(&self.state);
        state.reported.retain(|trouble| open.contains(trouble));
        let mut found = BTreeMap::<_, Vec<_>>::new();
        for trouble in open {
            found.entry(trouble.instrument.clone()).or_default().push(trouble);
        }
        found.retain(|_, troubles| troubles.iter().any(|trouble| !state.reported.contains(trouble)));
        found
    }
}
