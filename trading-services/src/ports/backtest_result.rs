//! Results of a back-test, as they are written and read again.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::model::{Candle, RoundTrip, Side, Timestamp, to_f64};
use crate::ports::EquityPoint;
use crate::ports::curve_points::{curve_points, deepest_fall};

/// A back-test: what it was run with, and what came of it. The report is made of this.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BacktestResult {
    /// The version of this form.
    pub version: u32,
    /// What was tested, for people: the strategy, the file.
    pub title: String,
    /// Every setting that was given, by its key.
    pub parameters: BTreeMap<String, String>,
    /// The currency of the account.
    pub currency: String,
    /// How many periods of the curve a year has.
    pub periods: u32,
    /// The value of the account at the start.
    pub cash: Decimal,
    /// The value of the account at the end.
    pub equity: Decimal,
    /// Paid to the venue.
    pub fees: Decimal,
    /// Received for holding perpetuals, on a recording; below zero for what was paid.
    #[serde(default)]
    pub funding: Decimal,
    /// Settlements of funding that are not booked, as what was paid is not known.
    #[serde(default)]
    pub unknown_funding: usize,
    /// Orders that the risk manager did not admit, with its reasons.
    pub refused: Vec<String>,
    /// How many signals were not ordered, by the reason.
    #[serde(default)]
    pub undone: BTreeMap<String, u64>,
    /// What was opened and closed again.
    pub trades: Vec<ResultTrade>,
    /// The value of the account over time.
    pub curve: Vec<ResultPoint>,
    /// The price over time; with as many points as there are candles, none for a recording.
    pub prices: Vec<ResultPoint>,
    /// Whether this is what was kept of a whole: some points of the curve, and the last trades and refusals.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_shortened: bool,
    /// The figures of the whole, where this is what was kept of it; none if it was kept before they were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub figures: Option<ResultFigures>,
    /// The months of the whole, likewise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub months: Option<Vec<ResultMonth>>,
}

/// What a month has brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResultMonth {
    /// The year.
    pub year: u16,
    /// The month, from 1 to 12.
    pub month: u8,
    /// The gain since the end of the month before, in percent; nothing where it does not fit, or nothing was there to gain on.
    pub gain_percent: Option<Decimal>,
}

/// Figures of a whole result, which what is kept of it does not give: ratios hold for every point of its curve, and counts for
/// all of its trades. A ratio is nothing where it has no value.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ResultFigures {
    /// The gain per year, compounded; 0.01 is one percent.
    pub gain_per_year: Option<f64>,
    /// The deviation of the gains, per year.
    pub volatility: Option<f64>,
    /// The deepest fall below an earlier peak, as a negative share of the peak.
    pub max_drawdown: Option<f64>,
    /// The Sharpe ratio, per year.
    pub sharpe: Option<f64>,
    /// The Sortino ratio, per year.
    pub sortino: Option<f64>,
    /// The Calmar ratio.
    pub calmar: Option<f64>,
    /// How many round trips there were.
    pub trades: usize,
    /// How many of them have gained.
    pub won: usize,
    /// How many orders were not admitted.
    pub refused: usize,
}

/// One round trip.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ResultTrade {
    /// Of what.
    pub instrument: String,
    /// `long` or `short`.
    pub side: String,
    /// How much, below zero for a short position.
    pub size: Decimal,
    /// When it was opened.
    pub entry_time: Timestamp,
    /// At which price.
    pub entry_price: Decimal,
    /// When it was closed.
    pub exit_time: Timestamp,
    /// At which price.
    pub exit_price: Decimal,
    /// The currency of the prices, the profit and the fees; empty where it is not said, and then that of the account.
    #[serde(default)]
    pub currency: String,
    /// What was gained after fees.
    pub profit: Decimal,
    /// The fees of both.
    pub fees: Decimal,
}

/// A value at a time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ResultPoint {
    /// When.
    pub time: Timestamp,
    /// How much.
    pub value: Decimal,
}

impl BacktestResult {
    /// The version that is written.
    pub const VERSION: u32 = 1;

    /// The points of a curve that the state keeps, and four more: more than a screen has.
    const POINTS: usize = 600;

    /// The trades, and the orders that were not admitted, that the state keeps.
    const LAST: usize = 500;

    /// As the state keeps it: some points of the curve, the last 500 trades and refusals, and no prices; beside them the figures and the
    /// months of the whole. The curve begins and ends as the whole one, and has the lowest and the highest point of each stretch and the
    /// deepest fall.
    #[must_use]
    pub fn shortened(mut self, figures: Option<ResultFigures>, months: Option<Vec<ResultMonth>>) -> Self {
        (self.is_shortened, self.figures, self.months) = (true, figures, months);
        let values: Vec<f64> = self.curve.iter().map(|point| to_f64(point.value)).collect();
        let mut places = curve_points(&values, Self::POINTS);
        places.extend(deepest_fall(&values).into_iter().flat_map(|(peak, place)| [peak, place]));
        let curve = self.curve.into_iter().enumerate();
        self.curve = curve.filter(|(place, _)| places.contains(place)).map(|(_, point)| point).collect();
        self.trades.drain(..self.trades.len().saturating_sub(Self::LAST));
        self.refused.drain(..self.refused.len().saturating_sub(Self::LAST));
        self.prices = Vec::new();
        self
    }

    /// The gain from each point of the curve to the next.
    pub fn returns(&self) -> Vec<f64> {
        let gain = |pair: &[ResultPoint]| match pair {
            [before, after] => to_f64(after.value) / to_f64(before.value) - 1.0,
            _ => 0.0,
        };
        self.curve.windows(2).map(gain).collect()
    }
}

impl From<&RoundTrip> for ResultTrade {
    fn from(trip: &RoundTrip) -> Self {
        Self {
            instrument: trip.instrument.to_string(),
            side: if trip.side == Side::Buy { "long" } else { "short" }.to_owned(),
            size: trip.side.signed(trip.quantity.value()),
            entry_time: trip.entry_time,
            entry_price: trip.entry_price.value().normalize(),
            exit_time: trip.exit_time,
            exit_price: trip.exit_price.value().normalize(),
            currency: trip.currency.to_string(),
            profit: trip.profit.normalize(),
            fees: trip.fees.normalize(),
        }
    }
}

impl From<&EquityPoint> for ResultPoint {
    fn from(point: &EquityPoint) -> Self {
        Self { time: point.time, value: point.equity.normalize() }
    }
}

impl From<&Candle> for ResultPoint {
    fn from(candle: &Candle) -> Self {
        Self { time: candle.open_time, value: candle.close.value() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shortened_curve_begins_ends_and_falls_as_the_whole_one() {
        for count in [0_u64, 1, BacktestResult::POINTS as u64, 12_345] {
            // It rises, but for one point of it.
            let value = |time| if time == 7_001 { 5_000 } else { 10_000 + time };
            let point = |time| ResultPoint { time: Timestamp::from_nanos(time), value: Decimal::from(value(time)) };
            let whole: Vec<_> = (0..count).map(point).collect();
            let result = BacktestResult {
                version: BacktestResult::VERSION,
                title: String::new(),
                parameters: BTreeMap::new(),
                currency: String::new(),
                periods: 1,
                cash: Decimal::ONE,
                equity: Decimal::ONE,
                fees: Decimal::ZERO,
                funding: Decimal::ZERO,
                unknown_funding: 0,
                refused: (0..count).map(|number| number.to_string()).collect(),
                undone: BTreeMap::new(),
                trades: Vec::new(),
                curve: whole.clone(),
                prices: whole.clone(),
                is_shortened: false,
                figures: None,
                months: None,
            };
            let months = Some(vec![ResultMonth { year: 1970, month: 1, gain_percent: Some(Decimal::ONE) }]);
            let figures = Some(ResultFigures {
                gain_per_year: None,
                volatility: None,
                max_drawdown: None,
                sharpe: None,
                sortino: None,
                calmar: None,
                trades: 0,
                won: 0,
                refused: whole.len(),
            });
            let short = result.clone().shortened(figures, months.clone());
            assert_eq!((short.is_shortened, short.figures, &short.months), (true, figures, &months));
            assert_eq!((short.curve.first(), short.curve.last()), (whole.first(), whole.last()));
            assert!(short.curve.len() <= BacktestResult::POINTS + 4 && short.prices.is_empty());
            for place in [7_000, 7_001] {
                assert_eq!(short.curve.iter().any(|kept| *kept == point(place)), place < count, "{place} of {count}");
            }
            assert_eq!((short.refused.last(), short.refused.len()), (result.refused.last(), whole.len().min(500)));
            let text = serde_json::to_string(&short).unwrap();
            assert_eq!(serde_json::from_str::<BacktestResult>(&text).unwrap(), short);
        }
    }
}
