//! Technical indicators: the relative strength index, and the histogram of the MACD.

use std::sync::Arc;

use rust_decimal::Decimal;

use crate::ports::{AnalysisView, ComponentOpinion, IConfluenceComponent, IIndicatorService, IndicatorSpec};

/// Half the strength index around its middle, half the sign of the MACD's histogram.
#[di_core::service(provides = IConfluenceComponent)]
pub struct Technical {
    #[inject(key)]
    name: &'static str,
    indicators: Arc<dyn IIndicatorService>,
}

impl Technical {
    /// The last value of an output.
    fn last(&self, name: &str, output: usize, view: &AnalysisView<'_>) -> Option<f64> {
        let spec = IndicatorSpec { name: name.to_owned(), parameters: Vec::new(), series: Vec::new() };
        let table = self.indicators.calculate(&spec, view.candles).ok()?;
        table.columns.get(output)?.last()
    }
}

impl IConfluenceComponent for Technical {
    fn name(&self) -> &'static str {
        self.name
    }

    fn weight(&self) -> Decimal {
        Decimal::new(10, 2)
    }

    fn opinion(&self, view: &AnalysisView<'_>) -> Option<ComponentOpinion> {
        let strength = self.last("RSI", 0, view)?;
        let by_strength = (strength - 50.0) / 50.0;
        Some(match self.last("MACD", 2, view) {
            None => ComponentOpinion { value: by_strength, reason: format!("RSI {strength:.0}") },
            Some(histogram) => {
                let sign = if histogram > 0.0 {
                    1.0
                } else if histogram < 0.0 {
                    -1.0
                } else {
                    0.0
                };
                let word = if sign > 0.0 { "above" } else { "below" };
                let reason = format!("RSI {strength:.0}, MACD {word} its signal");
                ComponentOpinion { value: f64::midpoint(by_strength, sign), reason }
            }
        })
    }
}

impl std::fmt::Debug for Technical {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Technical").finish_non_exhaustive()
    }
}
