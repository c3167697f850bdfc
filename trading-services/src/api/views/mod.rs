//! Values as they go over the network: amounts as decimal text, times as RFC 3339 in UTC.

mod act;
mod backtest;
mod market;
mod overview;
mod report;
mod strategy;
mod trading;

pub(super) use act::ActRow;
pub(super) use backtest::{BacktestRow, BacktestView};
pub(super) use market::{BookView, CandleView, MarketRow, TradeRow};
pub(super) use overview::{HealthCounts, Overview};
pub(super) use report::ReportRow;
pub(super) use strategy::StrategyRow;
pub(super) use trading::{
    AlertRow, AlertView, DeliveryView, EquityRow, FillRow, FundingRow, OrderRow, PositionRow, RiskView, RoundTripRow,
    SignalRow,
};
