//! The strategy of coming back to the mean, by Bollinger bands.

use std::sync::Arc;

use super::settings::DEVIATIONS;
use super::{MeanReversionSettings, Settings};
use crate::model::{Candle, to_f64};
use crate::ports::{
    CandleNeed, Direction, IConfigService, IIndicatorService, IStrategy, IndicatorSpec, Opinion, Parameter,
    StrategyParameter, StrategyRole,
};

/// Buys when a candle closes below the lower Bollinger band and the one before did not, sells above the upper one.
pub struct MeanReversion {
    name: &'static str,
    settings: MeanReversionSettings,
    bands: IndicatorSpec,
    indicators: Arc<dyn IIndicatorService>,
}

/// Where a close is.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Place {
    Below(f64),
    Within,
    Above(f64),
}

#[di_core::service(provides = IStrategy)]
impl MeanReversion {
    /// The strategy, under its key in the group.
    #[constructor]
    pub fn new(
        #[inject(key)] name: &'static str,
        config: Arc<dyn IConfigService>,
        indicators: Arc<dyn IIndicatorService>,
    ) -> Self {
        let settings = config.section::<Settings>().mean_reversion;
        let (bars, deviations) = (settings.bars.to_string(), settings.deviations.to_string());
        let parameters = [bars, deviations.clone(), deviations].map(|value| Parameter { name: None, value });
        let bands = IndicatorSpec { name: "BBANDS".to_owned(), parameters: parameters.into(), series: Vec::new() };
        Self { name, settings, bands, indicators }
    }
}

impl IStrategy for MeanReversion {
    fn name(&self) -> &'static str {
        self.name
    }

    fn required_data(&self) -> Vec<CandleNeed> {
        vec![CandleNeed::bars(self.settings.bars.saturating_add(1))]
    }

    fn role(&self) -> StrategyRole {
        StrategyRole { mode: self.settings.mode, weight: self.settings.weight }
    }

    fn parameters(&self) -> Vec<StrategyParameter> {
        let [min, max] = DEVIATIONS;
        vec![
            StrategyParameter::count("bars", self.settings.bars, 2, 1_000),
            StrategyParameter { name: "deviations", value: self.settings.deviations, min, max },
        ]
    }

    fn evaluate(&self, bars: &[Candle]) -> Option<Opinion> {
        let bars = bars.get(bars.len().checked_sub(self.settings.bars.checked_add(1)?)?..)?;
        let table = self.indicators.calculate(&self.bands, bars).ok()?;
        let [upper, _, lower] = table.columns.as_slice() else { return None };
        let place = |row: usize| {
            let (close, upper, lower) = (to_f64(bars.get(row)?.close.value()), upper.get(row)?, lower.get(row)?);
            Some(match close {
                close if close < lower => Place::Below(lower),
                close if close > upper => Place::Above(upper),
                _ => Place::Within,
            })
        };
        let last = bars.len().checked_sub(1)?;
        let (before, now, close) = (place(last.checked_sub(1)?)?, place(last)?, bars.last()?.close);
        let MeanReversionSettings { bars, deviations, .. } = self.settings;
        match (before, now) {
            (Place::Below(_), Place::Below(_)) | (Place::Above(_), Place::Above(_)) | (_, Place::Within) => None,
            (_, Place::Below(band)) => Some(Opinion {
                direction: Direction::Long,
                reason: format!("closed at {close} below {band:.8}, {deviations} deviations of {bars} closes"),
                doubtful: false,
            }),
            (_, Place::Above(band)) => Some(Opinion {
                direction: Direction::Short,
                reason: format!("closed at {close} above {band:.8}, {deviations} deviations of {bars} closes"),
                doubtful: false,
            }),
        }
    }
}

impl std::fmt::Debug for MeanReversion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MeanReversion").field("settings", &self.settings).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Timestamp;

    /// The opinion on the last close, with bands that a test lays down in place of the indicator.
    fn evaluate(closes: &[&str], upper: f64, lower: f64) -> Option<Direction> {
        #[derive(Debug)]
        struct Bands(f64, f64);
        impl IIndicatorService for Bands {
            fn available(&self) -> Vec<crate::ports::IndicatorInfo> {
                Vec::new()
            }
            fn required_data(&self, _: &IndicatorSpec) -> Result<usize, crate::ports::IndicatorError> {
                Ok(1)
            }
            fn calculate(
                &self,
                _: &IndicatorSpec,
                candles: &[Candle],
            ) -> Result<crate::ports::IndicatorTable, crate::ports::IndicatorError> {
                let column = |value| crate::ports::IndicatorColumn::new(0, vec![value; candles.len()]);
                let columns = [self.0, 0.0, self.1].map(column).into();
                Ok(crate::ports::IndicatorTable { outputs: Vec::new(), columns })
            }
            fn open(
                &self,
                spec: &IndicatorSpec,
            ) -> Result<Box<dyn crate::ports::Indicator>, crate::ports::IndicatorError> {
                Err(crate::ports::IndicatorError::Unknown(spec.name.clone()))
            }
        }
        let bars: Vec<_> =
            closes.iter().map(|close| Candle::flat(Timestamp::default(), close.parse().unwrap())).collect();
        let settings = MeanReversionSettings { bars: 2, ..MeanReversionSettings::default() };
        let (bands, indicators) = ("bbands".parse().unwrap(), Arc::new(Bands(upper, lower)));
        MeanReversion { name: "mean_reversion", settings, bands, indicators }.evaluate(&bars).map(|o| o.direction)
    }

    #[test]
    fn leaving_the_bands_is_an_opinion_once() {
        assert_eq!(evaluate(&["5", "5", "3"], 6.0, 4.0), Some(Direction::Long));
        assert_eq!(evaluate(&["5", "5", "7"], 6.0, 4.0), Some(Direction::Short));
        assert_eq!(evaluate(&["5", "3", "3"], 6.0, 4.0), None);
        assert_eq!(evaluate(&["5", "5", "5"], 6.0, 4.0), None);
        assert_eq!(evaluate(&["5", "3"], 6.0, 4.0), None, "there are not enough candles");
    }
}
