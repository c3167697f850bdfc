//! The structure of the price: where the last close is within its range.

use rust_decimal::Decimal;

use crate::ports::{AnalysisView, Bar, ComponentOpinion, IConfluenceComponent};

/// Candles that make the range.
const BARS: usize = 20;

/// The place of the last close between the lowest and the highest price.
#[di_core::service(provides = IConfluenceComponent)]
#[derive(Debug)]
pub struct PriceStructure {
    #[inject(key)]
    name: &'static str,
}

impl IConfluenceComponent for PriceStructure {
    fn name(&self) -> &'static str {
        self.name
    }

    fn weight(&self) -> Decimal {
        Decimal::new(15, 2)
    }

    fn opinion(&self, view: &AnalysisView<'_>) -> Option<ComponentOpinion> {
        let bars: Vec<_> = view.candles.iter().rev().take(BARS).map(Bar::from).collect();
        let close = bars.first()?.close;
        let high = bars.iter().map(|bar| bar.high).fold(f64::MIN, f64::max);
        let low = bars.iter().map(|bar| bar.low).fold(f64::MAX, f64::min);
        (bars.len() > 1 && high > low).then(|| {
            let place = (close - low) / (high - low);
            let reason = format!("the close is at {:.0} percent of the range of {} candles", place * 100.0, bars.len());
            ComponentOpinion { value: place * 2.0 - 1.0, reason }
        })
    }
}
