//! The balance of the order book: who waits more, buyers or sellers.

use std::sync::Arc;

use rust_decimal::Decimal;

use crate::model::{Level, to_f64};
use crate::ports::{AnalysisView, ComponentOpinion, IConfluenceComponent, IMarketDataService};

/// Levels of each side that count.
const LEVELS: usize = 20;

/// What waits on the side of the buyers, less what waits on that of the sellers, by their sum.
#[di_core::service(provides = IConfluenceComponent)]
pub struct OrderBookBalance {
    #[inject(key)]
    name: &'static str,
    market: Arc<dyn IMarketDataService>,
}

impl IConfluenceComponent for OrderBookBalance {
    fn name(&self) -> &'static str {
        self.name
    }

    fn weight(&self) -> Decimal {
        Decimal::new(20, 2)
    }

    fn opinion(&self, view: &AnalysisView<'_>) -> Option<ComponentOpinion> {
        let depth = self.market.depth(view.instrument, LEVELS).ok()??;
        let sum = |levels: &[Level]| levels.iter().map(|level| to_f64(level.quantity.value())).sum::<f64>();
        let (bids, asks) = (sum(&depth.bids), sum(&depth.asks));
        let all = bids + asks;
        (all > 0.0).then(|| ComponentOpinion {
            value: (bids - asks) / all,
            reason: format!("buyers are {:.0} percent of what waits", bids / all * 100.0),
        })
    }
}

impl std::fmt::Debug for OrderBookBalance {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OrderBookBalance").finish_non_exhaustive()
    }
}
