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
                // What was taken hours ago is not of the candle before.
                let is_next = begin.since(window.begin) == timeframe.duration();
                let before = if is_next { window.now } else { Taken::default() };
                *window = Window { begin, now: Taken::default(), before };
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_counts_is_the_candle_of_now_and_the_one_right_before_it() {
        let instrument: InstrumentId = "binance:BTCUSDT".parse().unwrap();
        let flow = OrderFlow { name: "order_flow", taken: Mutex::default() };
        let (timeframe, _) = TIMEFRAMES[0];
        let mut heard = Vec::new();
        // Bought in one candle, sold as much in the next one, and again after a pause.
        for (candle, side) in [(10_u64, Side::Buy), (11, Side::Sell), (13, Side::Sell)] {
            let time = Timestamp::from_nanos(candle * u64::try_from(timeframe.duration().as_nanos()).unwrap());
            let (price, quantity) = ("100".parse().unwrap(), "1".parse().unwrap());
            flow.observe(&instrument, &Trade { id: candle.into(), price, quantity, side, time, aggregated: false });
            let view = AnalysisView { instrument: &instrument, timeframe, candles: &[] };
            heard.push(flow.opinion(&view).unwrap().value);
        }
        assert_eq!(heard, [1.0, 0.0, -1.0], "the sale before the pause does not count either way");
        let taken = lock(&flow.taken);
        assert_eq!(taken[&instrument][0].before.sold, 0.0);
    }
}
