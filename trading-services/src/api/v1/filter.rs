//! Filters of orders, fills, signals, round trips, funding and acts.

use std::collections::BTreeSet;

use serde::Deserialize;
use utoipa::ToSchema;

use super::paging::Paging;
use crate::model::{FundingSettlement, InstrumentId, Order, OrderStatus, Side, Timestamp};
use crate::ports::{Act, Direction, ISignalService, Signal};

/// The side of an order, a fill, or what opened a trade.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum SideName {
    Buy,
    Sell,
}

/// The direction of a signal.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum DirectionName {
    Long,
    Short,
}

/// What has become of an order: `open` is every state that is not final.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum OrderState {
    Open,
    Filled,
    Cancelled,
    Expired,
    Rejected,
}

/// Which orders.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct OrderQuery {
    /// Only those of an instrument: `simulated:BTCUSDT`.
    #[param(value_type = Option<String>)]
    instrument: Option<InstrumentId>,
    /// Only those of a signal that this strategy wanted, as far back as signals are remembered.
    strategy: Option<String>,
    /// Only those of a side.
    #[param(inline)]
    side: Option<SideName>,
    /// Only those in a state.
    #[param(inline)]
    pub(super) state: Option<OrderState>,
    /// Only those that were submitted at this time or later.
    #[param(value_type = Option<String>, format = DateTime)]
    from: Option<Timestamp>,
    /// Only those that were submitted before this time.
    #[param(value_type = Option<String>, format = DateTime)]
    to: Option<Timestamp>,
    /// How many, at most 500.
    #[param(minimum = 1, maximum = 500, default = 50)]
    limit: Option<usize>,
    /// How many newer ones are left out.
    #[param(minimum = 0, maximum = 4294967295_u32, default = 0)]
    offset: Option<usize>,
}

/// Which fills, or which closed trades.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct TradeQuery {
    /// Only those of an instrument: `simulated:BTCUSDT`.
    #[param(value_type = Option<String>)]
    instrument: Option<InstrumentId>,
    /// Only those that go back to a signal that this strategy wanted, as far back as signals are remembered.
    strategy: Option<String>,
    /// Only those of a side; of a closed trade, that of its opening.
    #[param(inline)]
    side: Option<SideName>,
    /// Only those that were executed or closed at this time or later.
    #[param(value_type = Option<String>, format = DateTime)]
    from: Option<Timestamp>,
    /// Only those that were executed or closed before this time.
    #[param(value_type = Option<String>, format = DateTime)]
    to: Option<Timestamp>,
    /// How many, at most 500.
    #[param(minimum = 1, maximum = 500, default = 50)]
    limit: Option<usize>,
    /// How many newer ones are left out.
    #[param(minimum = 0, maximum = 4294967295_u32, default = 0)]
    offset: Option<usize>,
}

/// Which settlements of funding.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct FundingQuery {
    /// Only those of an instrument: `bybit:BTCUSDT`.
    #[param(value_type = Option<String>)]
    instrument: Option<InstrumentId>,
    /// Only those that were due at this time or later.
    #[param(value_type = Option<String>, format = DateTime)]
    from: Option<Timestamp>,
    /// Only those that were due before this time.
    #[param(value_type = Option<String>, format = DateTime)]
    to: Option<Timestamp>,
    /// How many, at most 500.
    #[param(minimum = 1, maximum = 500, default = 50)]
    limit: Option<usize>,
    /// How many newer ones are left out.
    #[param(minimum = 0, maximum = 4294967295_u32, default = 0)]
    offset: Option<usize>,
}

/// Which signals.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct SignalQuery {
    /// Only those of an instrument: `simulated:BTCUSDT`.
    #[param(value_type = Option<String>)]
    instrument: Option<InstrumentId>,
    /// Only those that this strategy wanted.
    strategy: Option<String>,
    /// Only those of a direction.
    #[param(inline)]
    side: Option<DirectionName>,
    /// Only this one and those that were given after it, by their `id`.
    first: Option<u64>,
    /// Only this one and those that were given before it, by their `id`.
    last: Option<u64>,
    /// Only those that were given at this time or later.
    #[param(value_type = Option<String>, format = DateTime)]
    from: Option<Timestamp>,
    /// Only those that were given before this time.
    #[param(value_type = Option<String>, format = DateTime)]
    to: Option<Timestamp>,
    /// How many, at most 500.
    #[param(minimum = 1, maximum = 500, default = 50)]
    limit: Option<usize>,
    /// How many newer ones are left out.
    #[param(minimum = 0, maximum = 4294967295_u32, default = 0)]
    offset: Option<usize>,
}

/// Which acts.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ActQuery {
    /// Only those with these words in their method, path or body, in any case.
    words: Option<String>,
    /// Only those that were refused or failed, or only the others.
    failed: Option<bool>,
    /// Only those of this time or later.
    #[param(value_type = Option<String>, format = DateTime)]
    from: Option<Timestamp>,
    /// Only those before this time.
    #[param(value_type = Option<String>, format = DateTime)]
    to: Option<Timestamp>,
    /// How many, at most 500.
    #[param(minimum = 1, maximum = 500, default = 50)]
    limit: Option<usize>,
    /// How many newer ones are left out.
    #[param(minimum = 0, maximum = 4294967295_u32, default = 0)]
    offset: Option<usize>,
}

/// What an order, a fill or a closed trade has to be like.
#[derive(Debug, Default)]
pub(super) struct Which {
    instrument: Option<InstrumentId>,
    side: Option<Side>,
    /// The signals that lead to them.
    signals: Option<BTreeSet<u64>>,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
}

impl Which {
    fn new(
        instrument: Option<InstrumentId>,
        strategy: Option<&str>,
        side: Option<SideName>,
        (from, to): (Option<Timestamp>, Option<Timestamp>),
        signals: &dyn ISignalService,
    ) -> Self {
        let signals = strategy.map(|strategy| signals.wanted_by(strategy));
        Self { instrument, side: side.map(SideName::side), signals, from, to }
    }

    /// Whether everything is wanted.
    pub(super) fn is_everything(&self) -> bool {
        let Self { instrument, side, signals, from, to } = self;
        instrument.is_none() && side.is_none() && signals.is_none() && from.is_none() && to.is_none()
    }

    pub(super) fn admits(&self, instrument: &InstrumentId, side: Side, signal: Option<u64>, time: Timestamp) -> bool {
        self.instrument.as_ref().is_none_or(|wanted| wanted == instrument)
            && self.side.is_none_or(|wanted| wanted == side)
            && self.signals.as_ref().is_none_or(|wanted| signal.is_some_and(|signal| wanted.contains(&signal)))
            && is_within(time, self.from, self.to)
    }
}

impl OrderQuery {
    pub(super) fn paging(&self) -> Paging {
        Paging::of_query(self.limit, self.offset)
    }

    pub(super) fn which(self, signals: &dyn ISignalService) -> Which {
        let Self { instrument, strategy, side, from, to, .. } = self;
        Which::new(instrument, strategy.as_deref(), side, (from, to), signals)
    }
}

impl TradeQuery {
    pub(super) fn paging(&self) -> Paging {
        Paging::of_query(self.limit, self.offset)
    }

    pub(super) fn which(self, signals: &dyn ISignalService) -> Which {
        let Self { instrument, strategy, side, from, to, .. } = self;
        Which::new(instrument, strategy.as_deref(), side, (from, to), signals)
    }
}

impl FundingQuery {
    pub(super) fn paging(&self) -> Paging {
        Paging::of_query(self.limit, self.offset)
    }

    pub(super) fn admits(&self, settlement: &FundingSettlement) -> bool {
        self.instrument.as_ref().is_none_or(|wanted| *wanted == settlement.instrument)
            && is_within(settlement.due, self.from, self.to)
    }
}

impl SignalQuery {
    pub(super) fn paging(&self) -> Paging {
        Paging::of_query(self.limit, self.offset)
    }

    /// Whether everything is wanted.
    pub(super) fn is_everything(&self) -> bool {
        let Self { instrument, strategy, side, first, last, from, to, limit: _, offset: _ } = self;
        let is_any_number = first.is_none() && last.is_none();
        instrument.is_none() && strategy.is_none() && side.is_none() && is_any_number && from.is_none() && to.is_none()
    }

    pub(super) fn admits(&self, signal: &Signal) -> bool {
        let direction = self.side.map(|side| match side {
            DirectionName::Long => Direction::Long,
            DirectionName::Short => Direction::Short,
        });
        self.instrument.as_ref().is_none_or(|wanted| *wanted == signal.instrument)
            && self.strategy.as_deref().is_none_or(|strategy| signal.is_wanted_by(strategy))
            && direction.is_none_or(|wanted| wanted == signal.direction)
            && self.first.is_none_or(|first| first <= signal.id)
            && self.last.is_none_or(|last| signal.id <= last)
            && is_within(signal.time, self.from, self.to)
    }
}

impl ActQuery {
    pub(super) fn paging(&self) -> Paging {
        Paging::of_query(self.limit, self.offset)
    }

    pub(super) fn admits(&self, act: &Act) -> bool {
        let has = |words: &String| {
            let words = words.to_lowercase();
            act.act.to_lowercase().contains(&words) || act.body.to_lowercase().contains(&words)
        };
        self.words.as_ref().is_none_or(has)
            && self.failed.is_none_or(|failed| failed == (act.status >= 400))
            && is_within(act.time, self.from, self.to)
    }
}

impl SideName {
    fn side(self) -> Side {
        match self {
            Self::Buy => Side::Buy,
            Self::Sell => Side::Sell,
        }
    }
}

impl OrderState {
    pub(super) fn admits(self, order: &Order) -> bool {
        match self {
            Self::Open => !order.status.is_final(),
            Self::Filled => order.status == OrderStatus::Filled,
            Self::Cancelled => order.status == OrderStatus::Cancelled,
            Self::Expired => order.status == OrderStatus::Expired,
            Self::Rejected => order.status == OrderStatus::Rejected,
        }
    }
}

fn is_within(time: Timestamp, from: Option<Timestamp>, to: Option<Timestamp>) -> bool {
    from.is_none_or(|from| from <= time) && to.is_none_or(|to| time < to)
}
