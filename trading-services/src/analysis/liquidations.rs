//! Liquidation cascades: what is liquidated of one side within a window.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};

use rust_decimal::Decimal;

use super::Settings;
use crate::model::{InstrumentId, Liquidation, PositionSide, Timestamp};
use crate::ports::{IConfigService, ILiquidationService, LiquidatedSide, LiquidationConfig, LiquidationReport};
use crate::sync::lock;

/// Sums per instrument and side over `analysis.liquidation_window`.
#[derive(Debug)]
pub struct LiquidationService {
    config: LiquidationConfig,
    recent: Mutex<BTreeMap<InstrumentId, VecDeque<Liquidated>>>,
}

#[derive(Debug, Clone, Copy)]
struct Liquidated {
    time: Timestamp,
    side: PositionSide,
    notional: Decimal,
}

#[di_core::service(provides = ILiquidationService)]
impl LiquidationService {
    /// A service that has seen none.
    #[constructor]
    pub fn new(config: Arc<dyn IConfigService>) -> Self {
        let settings = config.section::<Settings>();
        let config =
            LiquidationConfig { window: settings.liquidation_window, threshold: settings.liquidation_threshold };
        Self { config, recent: Mutex::default() }
    }
}

impl ILiquidationService for LiquidationService {
    fn observe(&self, instrument: &InstrumentId, liquidation: &Liquidation, time: Timestamp) {
        // What does not fit 96 bits is more than all that there is.
        let notional = liquidation.price.notional(liquidation.quantity).unwrap_or(Decimal::MAX);
        let mut recent = lock(&self.recent);
        let recent = recent.entry(instrument.clone()).or_default();
        while recent.front().is_some_and(|first| time.since(first.time) > self.config.window) {
            recent.pop_front();
        }
        recent.push_back(Liquidated { time, side: liquidation.liquidated, notional });
    }

    fn detect_liquidations(&self, instrument: &InstrumentId, now: Timestamp) -> LiquidationReport {
        let (mut long, mut short) = (LiquidatedSide::default(), LiquidatedSide::default());
        let recent = lock(&self.recent);
        let within = recent.get(instrument).into_iter().flatten();
        for one in within.filter(|one| now.since(one.time) <= self.config.window) {
            let side = if one.side == PositionSide::Long { &mut long } else { &mut short };
            side.notional = side.notional.saturating_add(one.notional);
            side.count += 1;
        }
        let is_cascade = |side: &LiquidatedSide| side.notional >= self.config.threshold;
        let cascade = match (is_cascade(&long), is_cascade(&short)) {
            (true, true) if short.notional > long.notional => Some(PositionSide::Short),
            (true, _) => Some(PositionSide::Long),
            (false, true) => Some(PositionSide::Short),
            (false, false) => None,
        };
        LiquidationReport { instrument: instrument.clone(), long, short, cascade }
    }

    fn config(&self) -> LiquidationConfig {
        self.config
    }
}
