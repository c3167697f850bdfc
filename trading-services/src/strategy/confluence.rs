//! The strategy of agreement: what independent points of view say of a market together.

use std::sync::Arc;

use super::{ConfluenceSettings, Settings};
use crate::model::Candle;
use crate::ports::{
    CandleNeed, ComponentScore, Confluence, IAnalysisService, IConfigService, IStrategy, Opinion, StrategyRole,
    StrategyView,
};

/// Buys while the confluence of an instrument is long, sells while it is short; the analysis says from which score on.
///
/// It looks at trades and at the book, too, and so has no opinion where there are candles only.
pub struct ConfluenceStrategy {
    name: &'static str,
    settings: ConfluenceSettings,
    analysis: Arc<dyn IAnalysisService>,
}

#[di_core::service(provides = IStrategy)]
impl ConfluenceStrategy {
    /// The strategy, under its key in the group.
    #[constructor]
    pub fn new(
        #[inject(key)] name: &'static str,
        config: Arc<dyn IConfigService>,
        analysis: Arc<dyn IAnalysisService>,
    ) -> Self {
        Self { name, settings: config.section::<Settings>().confluence, analysis }
    }
}

impl IStrategy for ConfluenceStrategy {
    fn name(&self) -> &'static str {
        self.name
    }

    fn required_data(&self) -> Vec<CandleNeed> {
        vec![CandleNeed::bars(1)]
    }

    fn role(&self) -> StrategyRole {
        StrategyRole { mode: self.settings.mode, weight: self.settings.weight }
    }

    fn evaluate(&self, _: &[Candle]) -> Option<Opinion> {
        None
    }

    fn evaluate_view(&self, view: &StrategyView<'_>) -> Option<Opinion> {
        let Confluence { score, direction, components, doubtful, .. } = self.analysis.analyze(view.instrument).ok()?;
        let direction = direction?;
        let of = |component: &ComponentScore| Some(format!("{} {:.0}", component.name, component.score?));
        let parts: Vec<_> = components.iter().filter_map(of).collect();
        let silent: Vec<_> = components.iter().filter(|one| one.score.is_none()).map(|one| one.name).collect();
        let silent = if silent.is_empty() { String::new() } else { format!("; nothing of {}", silent.join(", ")) };
        let reason = format!("the confluence is {score:.0} of 100: {}{silent}", parts.join(", "));
        Some(Opinion { direction, reason, doubtful })
    }
}

impl std::fmt::Debug for ConfluenceStrategy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ConfluenceStrategy").field("settings", &self.settings).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use super::*;
    use crate::config::{ConfigManager, Settings};
    use crate::model::{InstrumentId, Trade};
    use crate::ports::{AnalysisError, Direction};

    /// An analysis with that score of everything but one instrument; of another one it is in doubt.
    struct Fixed(f64, Option<Direction>);

    impl IAnalysisService for Fixed {
        fn analyze(&self, instrument: &InstrumentId) -> Result<Confluence, AnalysisError> {
            if instrument.symbol.as_str() == "NOTHING" {
                return Err(AnalysisError::NothingKnown(instrument.clone()));
            }
            let component = |name, score| ComponentScore { name, weight: 0.5, score, reasons: Vec::new() };
            let components = vec![component("order_flow", Some(self.0)), component("sentiment", None)];
            let doubtful = instrument.symbol.as_str() == "DOUBTFUL";
            Ok(Confluence { instrument: instrument.clone(), score: self.0, direction: self.1, components, doubtful })
        }

        fn confluence_score(&self, instrument: &InstrumentId) -> Result<f64, AnalysisError> {
            Ok(self.analyze(instrument)?.score)
        }

        fn components(&self) -> Vec<(&'static str, Decimal)> {
            Vec::new()
        }

        fn set_weights(&self, _: &[(&str, Decimal)]) -> Result<(), AnalysisError> {
            Ok(())
        }

        fn observe(&self, _: &InstrumentId, _: &Trade) {}
    }

    fn opinion(analysis: Fixed, instrument: &str) -> Option<Opinion> {
        let config = Arc::new(ConfigManager::new(Arc::new(Settings::default())));
        let strategy = ConfluenceStrategy::new("confluence", config, Arc::new(analysis));
        assert_eq!(strategy.evaluate(&[]), None, "there are candles only");
        let instrument = instrument.parse().unwrap();
        strategy.evaluate_view(&StrategyView { instrument: &instrument, bars: &[], others: &[] })
    }

    #[test]
    fn it_wants_what_the_analysis_points_to_and_says_what_speaks_for_it() {
        let long = opinion(Fixed(81.0, Some(Direction::Long)), "binance:BTCUSDT").unwrap();
        assert_eq!(long.direction, Direction::Long);
        assert_eq!(long.reason, "the confluence is 81 of 100: order_flow 81; nothing of sentiment");
        let short = opinion(Fixed(12.0, Some(Direction::Short)), "binance:BTCUSDT").unwrap();
        assert_eq!(short.direction, Direction::Short);
        let doubtful = opinion(Fixed(12.0, Some(Direction::Short)), "binance:DOUBTFUL").unwrap();
        assert_eq!([short, doubtful].map(|opinion| opinion.doubtful), [false, true]);
    }

    #[test]
    fn it_has_no_opinion_near_the_middle_and_where_nothing_is_known() {
        assert_eq!(opinion(Fixed(50.0, None), "binance:BTCUSDT"), None);
        assert_eq!(opinion(Fixed(90.0, Some(Direction::Long)), "binance:NOTHING"), None);
    }
}
