//! Rules by which messages become alerts.

use super::Settings;
use crate::model::{EventKind, MarketEvent, Symbol, Trade};
use crate::monitoring::watch::PriceMove;
use crate::ports::{AlertContext, AlertLevel, Ingested};

/// An alert that a rule asks for.
pub(super) type Finding = (String, AlertLevel, AlertContext);

/// Everything that one message is worth.
pub(super) fn findings(
    settings: &Settings,
    event: &MarketEvent,
    ingested: &Ingested,
    lag_nanos: Option<i64>,
    prices: &PriceMove,
) -> Vec<Finding> {
    let symbol = event.symbol();
    let mut findings = Vec::new();
    book(symbol, ingested, &mut findings);
    if let Some(lag) = lag_nanos {
        let max = i64::try_from(settings.max_lag.as_nanos()).unwrap_or(i64::MAX);
        if lag > max {
            let message =
                format!("{symbol}: messages arrive more than {} late", humantime::format_duration(settings.max_lag));
            findings.push((message, AlertLevel::Warning, AlertContext::symbol("lag", symbol)));
        }
    }
    if let EventKind::Trade(trade) = &event.kind {
        findings.extend(large_trade(settings, trade));
        findings.extend(prices.observe(event.received, trade));
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

fn large_trade(settings: &Settings, trade: &Trade) -> Option<Finding> {
    let notional = trade.price.notional(trade.quantity)?;
    if notional < settings.large_trade {
        return None;
    }
    let Trade { symbol, side, quantity, price, .. } = trade;
    let message =
        format!("{symbol}: large {side} of {quantity} at {price}, {} in all", notional.round_dp(2).normalize());
    Some((message, AlertLevel::Info, AlertContext::symbol("large-trade", symbol)))
}
