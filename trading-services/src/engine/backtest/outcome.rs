//! The outcome of a back-test, out of the services that it was run with.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::engine::{News, Platform};
use crate::model::{Candle, Timeframe};
use crate::ports::{BacktestResult, IPortfolio, PortfolioError, ResultPoint, ResultTrade};

/// Points a year of a curve that has one per day of an exchange.
pub const DAYS_OF_AN_EXCHANGE: u32 = 252;

/// Points a year of a curve that has one per minute.
pub const MINUTES_OF_A_YEAR: u32 = 365 * 24 * 60;

/// What was tested.
#[derive(Debug, Clone)]
pub struct Tested {
    /// For people.
    pub title: String,
    /// Every setting that was given, by its key.
    pub parameters: BTreeMap<String, String>,
    /// How many points of the curve a year has.
    pub periods: u32,
    /// The value of the account at the start.
    pub cash: Decimal,
}

impl Tested {
    /// What came of it: on `candles`, or without them on the messages of a venue.
    ///
    /// # Errors
    /// When the value of the account is not known.
    pub fn result(
        self,
        platform: &Platform,
        portfolio: &dyn IPortfolio,
        candles: Option<&[Candle]>,
        news: &[News],
    ) -> Result<BacktestResult, PortfolioError> {
        let Self { title, parameters, periods, cash } = self;
        let refused = news.iter().filter_map(|news| match news {
            News::Risk(answer) if !answer.is_admitted() => {
                Some(format!("{} {}: {answer}", answer.time, answer.request.id))
            }
            _ => None,
        });
        let pnl = portfolio.pnl()?;
        Ok(BacktestResult {
            version: BacktestResult::VERSION,
            title,
            parameters,
            currency: portfolio.currency().to_string(),
            periods,
            cash,
            equity: portfolio.equity()?.normalize(),
            fees: pnl.fees.normalize(),
            funding: pnl.funding.normalize(),
            unknown_funding: portfolio.unknown_funding(),
            refused: refused.collect(),
            undone: platform.trading.undone().into_iter().map(|(reason, count)| (reason.to_owned(), count)).collect(),
            trades: portfolio.round_trips().iter().map(ResultTrade::from).collect(),
            curve: portfolio.equity_curve().iter().map(ResultPoint::from).collect(),
            prices: candles.map_or_else(|| recorded(platform), |all| all.iter().map(ResultPoint::from).collect()),
            is_shortened: false,
            figures: None,
            months: None,
        })
    }
}

/// The last prices of a market of one instrument; of several there is no one price.
fn recorded(platform: &Platform) -> Vec<ResultPoint> {
    let instruments = platform.market.supported_symbols();
    let mut instruments = instruments.iter().filter(|instrument| !instrument.is_whole());
    let (Some(instrument), None) = (instruments.next(), instruments.next()) else { return Vec::new() };
    let candles = platform.market.historical(instrument, Timeframe::S1, usize::MAX).unwrap_or_default();
    candles.iter().map(ResultPoint::from).collect()
}
