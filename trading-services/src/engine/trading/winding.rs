//! What is left to do after all trading has ended, and what of it could not be done.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use crate::model::{InstrumentId, OrderId};
use crate::ports::{AlertContext, AlertLevel, IAlertService};

/// What was to be closed or cancelled.
#[derive(Debug, Default)]
pub(super) struct Winding {
    /// By instrument, why no order closes what is held of it.
    pub(super) unordered: BTreeMap<InstrumentId, String>,
    /// Orders that were to be cancelled, and why they are not.
    pub(super) uncancelled: BTreeMap<OrderId, String>,
    /// What people were told, as long as it holds.
    told: BTreeSet<Trouble>,
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

impl Winding {
    /// The troubles of now that nobody was told of. Those that are over are forgotten: if they come back, they are told again.
    pub(super) fn news(&mut self, now: Vec<Trouble>) -> Vec<Trouble> {
        let now: BTreeSet<_> = now.into_iter().collect();
        let news = now.difference(&self.told).cloned().collect();
        self.told = now;
        news
    }
}

/// Tells people. Whether something could be done depends on the machine as well: such alerts are not in the event log.
pub(super) fn tell(alerts: &dyn IAlertService, troubles: Vec<Trouble>) {
    for Trouble { instrument, text } in troubles {
        tracing::error!("{text}");
        let context = AlertContext { rule: "kill-switch", instrument, service: Some("TradingEngine") };
        alerts.send_alert(&text, AlertLevel::Critical, context);
    }
}
