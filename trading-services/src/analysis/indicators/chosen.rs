//! Series of the caller's choice, in the place of those that a function looks at by itself.

use crate::ports::{Bar, Indicator, PriceSeries};

/// An indicator that is shown candles whose closes, or whose highs and lows, are other series. A function that takes series of
/// the caller's choice looks at no other price.
#[derive(Debug)]
pub(super) struct Chosen {
    pub(super) series: [PriceSeries; 2],
    pub(super) indicator: Box<dyn Indicator>,
}

impl Chosen {
    fn shown(&self, bar: &Bar) -> Bar {
        let [first, second] = self.series.map(|series| bar.get(series));
        Bar { high: first, low: second, close: first, ..*bar }
    }
}

impl Indicator for Chosen {
    fn update(&mut self, bar: &Bar) -> Option<&[f64]> {
        let shown = self.shown(bar);
        self.indicator.update(&shown)
    }

    fn peek(&mut self, bar: &Bar) -> Option<&[f64]> {
        let shown = self.shown(bar);
        self.indicator.peek(&shown)
    }
}
