//! The order flow: who takes more, buyers or sellers.

use std::collections::BTreeMap;
use std::sync::Mutex;

use rust_decimal::Decimal;

use super::service::TIMEFRAMES;
use crate::model::{InstrumentId, Side, Timestamp, Trade, to_f64};
use crate::ports::{AnalysisView, ComponentOpinion, IConfluenceComponent};
use crate::sync::lock;

/// The share of what was taken by buyers, less that by sellers, within the length of a candle.
#[di_core::service(provides = IConfluenceComponent)]
#[derive(Debug)]
pub struct OrderFlow {
    #[inject(key)]
    name: &'static str,
    #[inject(default)]
    taken: Mutex<BTreeMap<InstrumentId, [Window; TIMEFRAMES.len()]>>,
}

/// What was taken since a candle began, and within the one before.
#[derive(Debug, Clone, Copy, Default)]
struct Window {
    begin: Timestamp,
    now: Taken,
    before: Taken,
}

#[derive(Debug, Clone, Copy, Default)]
struct Taken {
    bought: f64,
    sold: f64,
}

impl IConfluenceComponent for OrderFlow {
    fn name(&self) -> &'static str {
        self.name
    }

    fn weight(&self) -> Decimal {
        Decimal::new(30, 2)
    }

    fn observe(&self, instrument: &InstrumentId, trade: &Trade) {
        let quantity = to_f64(trade.quantity.value());
        let mut taken = lock(&self.taken);
        if !taken.contains_key(instrument) {
            taken.insert(instrument.clone(), Default::default());
        }
        for (window, (timeframe, _)) in taken.get_mut(instrument).into_iter().flatten().zip(TIMEFRAMES) {
            let begin = timeframe.open_of(trade.time);
            if begin > window.begin {
                *window = Window { begin, now: Taken::default(), before: window.now };
            }
            match trade.side {
                Side::Buy => window.now.bought += quantity,
                Side::Sell => window.now.sold += quantity,
            }
        }
    }

    fn opinion(&self, view: &AnalysisView<'_>) -> Option<ComponentOpinion> {
        let taken = lock(&self.taken);
        let index = TIMEFRAMES.iter().position(|(timeframe, _)| *timeframe == view.timeframe)?;
        let window = taken.get(view.instrument)?.get(index)?;
        let (bought, sold) = (window.now.bought + window.before.bought, window.now.sold + window.before.sold);
        let all = bought + sold;
        (all > 0.0).then(|| ComponentOpinion {
            value: (bought - sold) / all,
            reason: format!("buyers took {:.0} percent of what was traded", bought / all * 100.0),
        })
    }
}
