//! Which figures of a run are metrics, and how are they called.

use metrics::{counter, gauge};

use super::Summary;

/// Hands the figures to the facade `metrics`. They are kept by the services themselves: a message costs nothing for it.
///
/// | metric | what |
/// | --- | --- |
/// | `trading_events_total{kind}` | messages by `trade`, `diff`, `snapshot`, `book_ticker` |
/// | `trading_rejected_total` | messages that failed validation |
/// | `trading_gaps_total`, `trading_resyncs_total` | breaks in the chain of depth messages, and those healed at once |
/// | `trading_book_mismatches_total`, `trading_crossed_books_total` | books that differ from the venue's, or are crossed |
/// | `trading_candles_total`, `trading_signals_total` | candles closed, signals given |
/// | `trading_alerts_total{outcome}` | alerts by `sent`, `suppressed`, `undelivered` |
/// | `trading_message_latency_seconds{quantile}` | from being read to being decided about and logged |
pub(super) fn publish(so_far: &Summary) {
    let kinds = [
        ("trade", so_far.trades),
        ("diff", so_far.diffs),
        ("snapshot", so_far.snapshots),
        ("book_ticker", so_far.book_tickers),
    ];
    for (kind, count) in kinds {
        counter!("trading_events_total", "kind" => kind).absolute(count);
    }
    counter!("trading_rejected_total").absolute(so_far.rejected);
    counter!("trading_gaps_total").absolute(so_far.gaps);
    counter!("trading_resyncs_total").absolute(so_far.resyncs);
    counter!("trading_book_mismatches_total").absolute(so_far.book_top_mismatches);
    counter!("trading_crossed_books_total").absolute(so_far.crossed_books);
    counter!("trading_candles_total").absolute(so_far.candles);
    counter!("trading_signals_total").absolute(so_far.signals);
    let outcomes =
        [("sent", so_far.alerts), ("suppressed", so_far.alerts_suppressed), ("undelivered", so_far.alerts_undelivered)];
    for (outcome, count) in outcomes {
        counter!("trading_alerts_total", "outcome" => outcome).absolute(count);
    }
    let latency = so_far.latency_ns;
    for (quantile, nanos) in [("0.5", latency.p50), ("0.9", latency.p90), ("0.99", latency.p99)] {
        gauge!("trading_message_latency_seconds", "quantile" => quantile).set(std::time::Duration::from_nanos(nanos));
    }
}
