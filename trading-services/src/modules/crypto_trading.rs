//! Trading of crypto-currencies: around the clock, by confluence, more careful in some sessions than in others.

use std::sync::Arc;

use di_core::events::Topic;
use di_core::service;
use rust_decimal::Decimal;

use super::submit::Desk;
use crate::model::{InstrumentId, Quantity};
use crate::ports::{
    AnalysisError, Direction, IAnalysisService, IClock, IConfigService, IMarketDataService, IOrderExecutor, IPortfolio,
    IRiskManager, ISessions, ITopSymbolsService, ITradingModule, ModuleError, ModuleOutcome, ModuleTrade, ModuleTurn,
    Opportunity, PositionView, RiskAnswer, Session, TradingSettings, bounded, worst_price,
};

/// Instruments that are looked at.
const SYMBOLS: usize = 10;

/// Digits behind the point of a quantity.
const DIGITS: u32 = 6;

/// Trades what confluence is sure of: a score of 80 is a confidence of 80 in a rise, one of 20 of 80 in a fall. How sure it
/// has to be depends on the session. Where `trading.long_only` holds, what it sells only closes what it has bought.
#[service(provides = ITradingModule)]
pub struct CryptoTrading {
    #[inject(key)]
    name: &'static str,
    config: Arc<dyn IConfigService>,
    sessions: Arc<dyn ISessions>,
    clock: Arc<dyn IClock>,
    market: Arc<dyn IMarketDataService>,
    analysis: Arc<dyn IAnalysisService>,
    rankings: Arc<dyn ITopSymbolsService>,
    portfolio: Arc<dyn IPortfolio>,
    risk: Arc<dyn IRiskManager>,
    executor: Arc<dyn IOrderExecutor>,
    answered: Arc<Topic<RiskAnswer>>,
}

impl CryptoTrading {
    /// Those that are traded most; all that are known as long as nobody is ranked.
    fn instruments(&self) -> Vec<InstrumentId> {
        let ranked = self.rankings.top_symbols(SYMBOLS);
        if ranked.is_empty() {
            return self.market.supported_symbols().into_iter().filter(|id| !id.is_whole()).take(SYMBOLS).collect();
        }
        ranked.into_iter().map(|ranked| ranked.instrument).collect()
    }

    fn opportunity(&self, instrument: InstrumentId) -> Result<Option<Opportunity>, ModuleError> {
        let confluence = match self.analysis.analyze(&instrument) {
            Ok(confluence) => confluence,
            Err(AnalysisError::NothingKnown(_)) => return Ok(None),
            Err(error) => return Err(ModuleError { module: self.name, reason: error.to_string() }),
        };
        let (direction, confidence) = if confluence.score >= 50.0 {
            (Direction::Long, confluence.score)
        } else {
            (Direction::Short, 100.0 - confluence.score)
        };
        let Session { name: session, confidence: threshold } = self.sessions.session(self.clock.now());
        let price = self.market.reference(&instrument);
        let Some(price) = price.filter(|_| confidence >= threshold) else { return Ok(None) };
        let reason = format!("confluence {:.0}, where {session} asks for {threshold:.0}", confluence.score);
        Ok(Some(Opportunity { instrument, direction, confidence, price, reason }))
    }
}

impl ITradingModule for CryptoTrading {
    fn module_name(&self) -> &'static str {
        self.name
    }

    fn analyze_opportunities(&self) -> Result<Vec<Opportunity>, ModuleError> {
        let mut found = Vec::new();
        for instrument in self.instruments() {
            found.extend(self.opportunity(instrument)?);
        }
        found.sort_by(|one, other| other.confidence.total_cmp(&one.confidence));
        Ok(found)
    }

    fn execute_trades(&self, opportunities: &[Opportunity], turn: &ModuleTurn) -> Vec<ModuleTrade> {
        let desk = Desk {
            module: self.name,
            market: &*self.market,
            risk: &*self.risk,
            executor: &*self.executor,
            answered: &self.answered,
            turn,
        };
        let long_only = self.config.section::<TradingSettings>().long_only;
        let opens = |one: &Opportunity| !(long_only && one.direction == Direction::Short);
        let owned = self.portfolio.owned(self.name);
        // What it has of an instrument against an opportunity.
        let against = |one: &Opportunity| {
            let own = owned.get(&one.instrument).copied().unwrap_or_default();
            let (held, side) = (self.portfolio.held(&one.instrument), one.direction.side());
            (side.is_against(own) && side.is_against(held)).then_some((own, held))
        };
        let wanted: Vec<_> = opportunities
            .iter()
            .filter(|one| {
                let held = self.portfolio.held(&one.instrument);
                // What is there already, or on its way, is not made larger.
                let is_there = self.market.is_position(&one.instrument, held)
                    && held.is_sign_negative() != (one.direction == Direction::Long);
                !is_there && !desk.is_ordered(&one.instrument) && (opens(one) || against(one).is_some())
            })
            .collect();
        let opening = wanted.iter().filter(|one| opens(one)).count();
        let share = turn.capital.checked_div(Decimal::from(opening)).unwrap_or_default();
        let (now, percent) = (self.clock.now(), self.risk.limits().price_collar_percent);
        // What it holds against an opportunity is closed by an order of its own, whatever its share has left.
        let close = |index: usize, one: &Opportunity| {
            let (own, held) = against(one)?;
            desk.close((now, wanted.len() + index), one, own.abs().min(held.abs()), held)
        };
        let open = |index: usize, one: &Opportunity, is_closed: bool| {
            let currency = self.portfolio.currency_of(&one.instrument, &*self.market);
            let side = one.direction.side();
            // As much as the share pays for at the worst price.
            let price = worst_price(side, one.price, percent).map_or(one.price, |worst| worst.max(one.price));
            let price = self.portfolio.in_account(&currency, price.value()).ok()?;
            let quantity = Quantity::new(share.checked_div(price)?.trunc_with_scale(DIGITS)).ok()?;
            let order = desk.order((now, index), &one.instrument, side, quantity, false)?;
            let order = bounded(order, self.market.reference(&one.instrument), percent);
            let held = if is_closed { Decimal::ZERO } else { self.portfolio.held(&one.instrument) };
            Some(desk.submit(desk.fitted(order, held)?, one.price))
        };
        let mut trades = Vec::new();
        for (index, one) in wanted.iter().enumerate() {
            let closed = close(index, one);
            let is_done =
                |trade: &ModuleTrade| matches!(trade.outcome, ModuleOutcome::Submitted | ModuleOutcome::DryRun);
            let may_open = opens(one) && closed.as_ref().is_none_or(is_done);
            let opened = if may_open { open(index, one, closed.is_some()) } else { None };
            trades.extend(closed.into_iter().chain(opened));
        }
        trades
    }

    fn monitor_positions(&self) -> Vec<PositionView> {
        let owned = self.portfolio.owned(self.name);
        let is_own = |view: &PositionView| view.is_open() && owned.contains_key(&view.instrument);
        self.portfolio.positions().into_iter().filter(is_own).collect()
    }
}

impl std::fmt::Debug for CryptoTrading {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CryptoTrading").finish_non_exhaustive()
    }
}
