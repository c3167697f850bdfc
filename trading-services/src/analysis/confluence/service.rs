//! The service that weighs what the components say.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use di_core::dependency::Many;
use rust_decimal::Decimal;

use crate::model::{Candle, InstrumentId, Timeframe, Trade, to_f64};
use crate::ports::{
    AnalysisError, AnalysisView, ComponentOpinion, ComponentScore, Confluence, Direction, IAnalysisService,
    IConfluenceComponent, IMarketDataService,
};
use crate::sync::lock;

/// The timeframes that count, the shortest first, with their weights.
pub(super) const TIMEFRAMES: [(Timeframe, f64); 4] =
    [(Timeframe::M1, 0.4), (Timeframe::M5, 0.3), (Timeframe::M30, 0.2), (Timeframe::H4, 0.1)];

/// Candles that components get to see.
const BARS: usize = 60;

/// A score from which on it is long.
const LONG: f64 = 70.0;

/// A score down from which it is short.
const SHORT: f64 = 35.0;

/// Sums of floating point are that far from what they should be, at most.
const ROUNDING: f64 = 1e-9;

/// Each component speaks about each timeframe; where one has nothing to go by, the weights of the others are made one.
pub struct AnalysisService {
    market: Arc<dyn IMarketDataService>,
    components: Many<dyn IConfluenceComponent>,
    weights: Mutex<BTreeMap<&'static str, Decimal>>,
}

#[di_core::service(provides = IAnalysisService)]
impl AnalysisService {
    /// The components with their own weights.
    #[constructor]
    pub fn new(market: Arc<dyn IMarketDataService>, components: Many<dyn IConfluenceComponent>) -> Self {
        let weights = components.iter().map(|component| (component.name(), component.weight())).collect();
        Self { market, components, weights: Mutex::new(weights) }
    }

    /// What one component says over all timeframes.
    fn score(
        &self,
        component: &dyn IConfluenceComponent,
        instrument: &InstrumentId,
        candles: &[(Timeframe, f64, Vec<Candle>)],
    ) -> ComponentScore {
        let weight = lock(&self.weights).get(component.name()).copied().unwrap_or_default();
        let (mut sum, mut weights, mut reasons) = (0.0, 0.0, Vec::new());
        for (timeframe, weight, candles) in candles {
            let view = AnalysisView { instrument, timeframe: *timeframe, candles };
            let Some(ComponentOpinion { value, reason }) = component.opinion(&view) else { continue };
            sum += value.clamp(-1.0, 1.0) * weight;
            weights += weight;
            reasons.push(format!("{timeframe}: {reason}"));
        }
        let score = (weights > 0.0).then(|| 50.0 + 50.0 * sum / weights);
        ComponentScore { name: component.name(), weight: to_f64(weight), score, reasons }
    }
}

impl IAnalysisService for AnalysisService {
    fn analyze(&self, instrument: &InstrumentId) -> Result<Confluence, AnalysisError> {
        let candles = TIMEFRAMES.map(|(timeframe, weight)| {
            (timeframe, weight, self.market.historical(instrument, timeframe, BARS).unwrap_or_default())
        });
        let score = |component: &Arc<dyn IConfluenceComponent>| self.score(&**component, instrument, &candles);
        let mut components: Vec<_> = self.components.iter().map(score).collect();
        let all: f64 = components.iter().filter(|score| score.score.is_some()).map(|score| score.weight).sum();
        if all <= 0.0 {
            return Err(AnalysisError::NothingKnown(instrument.clone()));
        }
        for component in &mut components {
            component.weight = if component.score.is_some() { component.weight / all } else { 0.0 };
        }
        let score = components.iter().filter_map(|one| one.score.map(|score| score * one.weight)).sum();
        let direction = if score >= LONG - ROUNDING {
            Some(Direction::Long)
        } else if score <= SHORT + ROUNDING {
            Some(Direction::Short)
        } else {
            None
        };
        // The shortest ones say soon enough that a price was doubtful, and forget it soon: of the longest there are ten days.
        let shortest = candles.iter().map(|(.., candles)| candles).find(|candles| !candles.is_empty());
        let doubtful = shortest.into_iter().flatten().any(|candle| candle.doubtful > 0);
        Ok(Confluence { instrument: instrument.clone(), score, direction, components, doubtful })
    }

    fn confluence_score(&self, instrument: &InstrumentId) -> Result<f64, AnalysisError> {
        self.analyze(instrument).map(|confluence| confluence.score)
    }

    fn components(&self) -> Vec<(&'static str, Decimal)> {
        let weights = lock(&self.weights);
        let weight = |name: &'static str| (name, weights.get(name).copied().unwrap_or_default());
        self.components.iter().map(|component| weight(component.name())).collect()
    }

    fn set_weights(&self, changes: &[(&str, Decimal)]) -> Result<(), AnalysisError> {
        let mut weights = lock(&self.weights);
        let mut changed = weights.clone();
        for (name, weight) in changes {
            let Some(known) = changed.iter_mut().find(|(known, _)| *known == name) else {
                let known = weights.keys().copied().collect::<Vec<_>>().join(", ");
                return Err(AnalysisError::UnknownComponent { known, found: (*name).to_owned() });
            };
            if weight.is_sign_negative() && !weight.is_zero() {
                return Err(AnalysisError::Weight { component: (*name).to_owned(), found: *weight });
            }
            *known.1 = *weight;
        }
        *weights = changed;
        Ok(())
    }

    fn observe(&self, instrument: &InstrumentId, trade: &Trade) {
        self.components.iter().for_each(|component| component.observe(instrument, trade));
    }
}

impl std::fmt::Debug for AnalysisService {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AnalysisService").field("components", &self.components).finish_non_exhaustive()
    }
}
