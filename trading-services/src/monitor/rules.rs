//! Which observation is worth an alert.

use rust_decimal::Decimal;

use super::state::Watched;
use crate::alerts::{AlertContext, AlertLevel};
use crate::config::MonitorSettings;
use crate::domain::{EventKind, MarketEvent, Symbol, Trade};
use crate::market_data::Ingested;

/// An alert that a rule asks for.
pub(super) type Finding = (String, AlertLevel, AlertContext);

/// Everything that one message is worth.
pub(super) fn findings(
    settings: &MonitorSettings,
    event: &MarketEvent,
    ingested: &Ingested,
    watched: &mut Watched,
) -> Vec<Finding> {
    let symbol = event.symbol();
    let mut findings = Vec::new();
    book(symbol, ingested, &mut findings);
    if let Some(lag) = watched.lag_nanos {
        let max = i64::try_from(settings.max_lag.as_nanos()).unwrap_or(i64::MAX);
        if lag > max {
            let message =
                format!("{symbol}: messages arrive more than {} late", humantime::format_duration(settings.max_lag));
            findings.push((message, AlertLevel::Warning, AlertContext::symbol("lag", symbol)));
        }
    }
    if let EventKind::Trade(trade) = &event.kind {
        findings.extend(large_trade(settings, trade));
        findings.extend(price_move(settings, event, trade, watched));
    }
    findings
}

fn book(symbol: &Symbol, ingested: &Ingested, findings: &mut Vec<Finding>) {
    if let Some(gap) = ingested.gap {
        let healed = if ingested.resynced { "the book was fetched anew" } else { "the book waits for a snapshot" };
        let message = format!("{symbol}: expected depth update {}, found {}; {healed}", gap.expected, gap.found);
        findings.push((message, AlertLevel::Warning, AlertContext::symbol("gap", symbol)));
    }
    if ingested.crossed {
        let message = format!("{symbol}: the book is crossed");
        findings.push((message, AlertLevel::Error, AlertContext::symbol("crossed", symbol)));
    }
    if let Some(mismatch) = &ingested.mismatch {
        let message = format!("{symbol}: the book's top differs from the venue's at update {}", mismatch.update_id);
        findings.push((message, AlertLevel::Error, AlertContext::symbol("book-top", symbol)));
    }
}

fn large_trade(settings: &MonitorSettings, trade: &Trade) -> Option<Finding> {
    let notional = trade.price.notional(trade.quantity)?;
    if notional < settings.large_trade {
        return None;
    }
    let Trade { symbol, side, quantity, price, .. } = trade;
    let message =
        format!("{symbol}: large {side} of {quantity} at {price}, {} in all", notional.round_dp(2).normalize());
    Some((message, AlertLevel::Info, AlertContext::symbol("large-trade", symbol)))
}

fn price_move(
    settings: &MonitorSettings,
    event: &MarketEvent,
    trade: &Trade,
    watched: &mut Watched,
) -> Option<Finding> {
    let prices = &mut watched.prices;
    // The last price before the window stays: it is the one that held when the window began.
    while prices.get(1).is_some_and(|(time, _)| event.received.since(*time) > settings.price_move_window) {
        prices.pop_front();
    }
    let first = prices.front().map(|(_, price)| price.value());
    // Only changes are kept: many trades at one price would otherwise fill the window.
    if prices.back().is_none_or(|(_, price)| *price != trade.price) {
        prices.push_back((event.received, trade.price));
    }
    let change = trade.price.value() - first?;
    let percent = change.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(first?)?;
    if percent.abs() < settings.price_move_percent {
        return None;
    }
    let (symbol, price) = (&trade.symbol, trade.price);
    let window = humantime::format_duration(settings.price_move_window);
    let message = format!("{symbol}: moved {} % within {window}, now {price}", percent.round_dp(3).normalize());
    Some((message, AlertLevel::Warning, AlertContext::symbol("price-move", symbol)))
}
