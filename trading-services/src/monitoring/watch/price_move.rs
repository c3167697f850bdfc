//! Prices that move too far in too short a time.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use rust_decimal::Decimal;

use super::Settings;
use super::rules::Finding;
use crate::model::{InstrumentId, Price, Timestamp, Trade};
use crate::ports::{AlertContext, AlertLevel, IConfigService};
use crate::sync::lock;

/// The prices of one instrument within `monitor.price_move_window`; lives in the symbol's scope.
pub struct PriceMove {
    settings: Settings,
    /// Changes of the price within the window, and the last one before it.
    prices: Mutex<VecDeque<(Timestamp, Price)>>,
}

#[di_core::service]
impl PriceMove {
    /// A window without prices.
    #[constructor]
    pub fn new(config: Arc<dyn IConfigService>) -> Self {
        Self { settings: (*config.section::<Settings>()).clone(), prices: Mutex::default() }
    }

    /// What the price is worth. A `doubtful` one is measured, and no other is measured by it.
    pub(super) fn observe(
        &self,
        instrument: &InstrumentId,
        received: Timestamp,
        trade: &Trade,
        doubtful: bool,
    ) -> Option<Finding> {
        let first = self.price_at_begin(received, trade.price, doubtful)?;
        let change = trade.price.value() - first;
        let percent = change.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(first)?;
        if percent.abs() < self.settings.price_move_percent {
            return None;
        }
        let price = trade.price;
        let window = humantime::format_duration(self.settings.price_move_window);
        let message = format!("{instrument}: moved {} % within {window}, now {price}", percent.round_dp(3).normalize());
        Some((message, AlertLevel::Warning, AlertContext::instrument("price-move", instrument)))
    }

    /// The price that held when the window began, before `price` is added to it unless it is doubtful.
    fn price_at_begin(&self, received: Timestamp, price: Price, doubtful: bool) -> Option<Decimal> {
        let mut prices = lock(&self.prices);
        // The last price before the window stays: it is the one that held when the window began.
        while prices.get(1).is_some_and(|(time, _)| received.since(*time) > self.settings.price_move_window) {
            prices.pop_front();
        }
        let first = prices.front().map(|(_, price)| price.value());
        // Only changes are kept: many trades at one price would otherwise fill the window.
        if !doubtful && prices.back().is_none_or(|(_, last)| *last != price) {
            prices.push_back((received, price));
        }
        first
    }
}

impl std::fmt::Debug for PriceMove {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PriceMove").field("settings", &self.settings).finish_non_exhaustive()
    }
}
