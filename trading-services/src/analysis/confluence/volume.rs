//! The volume: does the market move with many, or with few.

use rust_decimal::Decimal;

use crate::model::to_f64;
use crate::ports::{AnalysisView, Bar, ComponentOpinion, IConfluenceComponent};

/// Candles that a volume is compared with.
const BARS: usize = 20;

/// The direction of the last candle, by how much more than usual was traded in it; twice as much is all of it.
#[di_core::service(provides = IConfluenceComponent)]
#[derive(Debug)]
pub struct VolumeTrend {
    #[inject(key)]
    name: &'static str,
}

impl IConfluenceComponent for VolumeTrend {
    fn name(&self) -> &'static str {
        self.name
    }

    fn weight(&self) -> Decimal {
        Decimal::new(18, 2)
    }

    fn opinion(&self, view: &AnalysisView<'_>) -> Option<ComponentOpinion> {
        let (last, before) = view.candles.split_last()?;
        let before = before.get(before.len().saturating_sub(BARS)..).filter(|before| !before.is_empty())?;
        let sum: f64 = before.iter().map(|candle| to_f64(candle.volume.value())).sum();
        #[expect(clippy::cast_precision_loss, reason = "a count of candles")]
        let usual = sum / before.len() as f64;
        let bar = Bar::from(last);
        let times = (usual > 0.0).then(|| bar.volume / usual)?;
        let direction = if bar.close > bar.open {
            1.0
        } else if bar.close < bar.open {
            -1.0
        } else {
            0.0
        };
        let value = direction * (times / 2.0).min(1.0);
        Some(ComponentOpinion { value, reason: format!("the last candle has {times:.1} times the usual volume") })
    }
}
