//! Rules by which messages become alerts.

use super::Settings;
use crate::model::{EventKind, InstrumentId, MarketEvent, Trade};
use crate::monitoring::watch::PriceMove;
use crate::ports::{AlertContext, AlertLevel, Gap, Ingested};

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
    let instrument = &event.instrument;
    let mut findings = Vec::new();
    book(instrument, ingested, &mut findings);
    if let (Some(old), EventKind::Instrument(new)) = (&ingested.old_rules, &event.kind) {
        let message = format!("{instrument}: the rules of its orders have changed: {}", new.changes_since(old));
        findings.push((message, AlertLevel::Warning, AlertContext::instrument("order-rules", instrument)));
    }
    if let Some(lag) = lag_nanos {
        let max = i64::try_from(settings.max_lag.as_nanos()).unwrap_or(i64::MAX);
        if lag > max {
            let message = format!(
                "{instrument}: messages arrive more than {} late",
                humantime::format_duration(settings.max_lag)
            );
            findings.push((message, AlertLevel::Warning, AlertContext::instrument("lag", instrument)));
        }
    }
    if let EventKind::Trade(trade) = &event.kind {
        let of_trade = large_trade(settings, instrument, trade).into_iter();
        let of_trade = of_trade.chain(prices.observe(instrument, event.received, trade, ingested.doubtful));
        let doubt = if ingested.doubtful { " (the price is doubtful)" } else { "" };
        findings.extend(of_trade.map(|(message, level, context)| (format!("{message}{doubt}"), level, context)));
    }
    findings
}

fn book(instrument: &InstrumentId, ingested: &Ingested, findings: &mut Vec<Finding>) {
    if let Some(gap) = ingested.gap {
        let Gap { expected, found } = gap;
        let state =
            if ingested.resynced { "the venue counts from the beginning" } else { "the book waits for a snapshot" };
        let message = format!("{instrument}: expected depth update {expected}, found {found}; {state}");
        findings.push((message, AlertLevel::Warning, AlertContext::instrument("gap", instrument)));
    }
    if ingested.crossed {
        let message = format!("{instrument}: the book is crossed and waits for a snapshot");
        findings.push((message, AlertLevel::Error, AlertContext::instrument("crossed", instrument)));
    }
    if let Some(price) = ingested.foreign_book {
        let message = format!("{instrument}: the book around {price} is of another instrument and was dropped");
        findings.push((message, AlertLevel::Error, AlertContext::instrument("foreign-book", instrument)));
    }
    if let Some(mismatch) = &ingested.mismatch {
        let message = format!("{instrument}: the book's top differs from the venue's at update {}", mismatch.update_id);
        findings.push((message, AlertLevel::Error, AlertContext::instrument("book-top", instrument)));
    }
}

fn large_trade(settings: &Settings, instrument: &InstrumentId, trade: &Trade) -> Option<Finding> {
    let notional = trade.price.notional(trade.quantity)?;
    if notional < settings.large_trade {
        return None;
    }
    let Trade { side, quantity, price, .. } = trade;
    let message =
        format!("{instrument}: large {side} of {quantity} at {price}, {} in all", notional.round_dp(2).normalize());
    Some((message, AlertLevel::Info, AlertContext::instrument("large-trade", instrument)))
}
