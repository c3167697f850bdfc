//! Metrics of a run.

use std::time::Duration;

use metrics::{Unit, counter, describe_counter, describe_gauge, gauge};

use crate::engine::Summary;

/// Says what the metrics mean, to whoever reads them.
pub(super) fn describe() {
    let counters = [
        ("trading_events_total", "Messages, by kind."),
        ("trading_rejected_total", "Messages that were counted and not taken."),
        ("trading_not_taken_total", "Messages that were not taken, by venue, instrument and reason."),
        ("trading_doubtful_trades_total", "Trades whose price is doubtful."),
        ("trading_time_jumps_total", "Receive times that were out of line and did not move the clock."),
        ("trading_diffs_dropped_total", "Changes that waited for a snapshot and were of no use."),
        ("trading_gaps_total", "Breaks in the chain of depth messages."),
        ("trading_resyncs_total", "Breaks that were healed at once."),
        ("trading_book_mismatches_total", "Books whose best prices differed from the venue's own."),
        ("trading_crossed_books_total", "Changes after which a book was crossed."),
        ("trading_candles_total", "Candles closed, of all timeframes."),
        ("trading_candles_told_total", "Candles of before that the venue has told."),
        ("trading_candles_missing_total", "Candles that are missing between those that the venue has told."),
        ("trading_signals_total", "Signals to buy or sell."),
        ("orders_refused_total", "Orders that the risk manager did not admit, once under each reason."),
        ("trading_alerts_total", "Alerts, by outcome."),
        ("venue_connections_total", "Connections to venues, by what became of them."),
        ("venue_requests_total", "Requests that venues have answered, by status."),
        ("venue_failovers_total", "Changes to another venue, by that venue."),
    ];
    for (name, meaning) in counters {
        describe_counter!(name, meaning);
    }
    describe_gauge!("trading_books_waiting", "Books that wait for a snapshot, and show no price.");
    let meaning = "How long a message took from being read to being decided about and logged, by quantile.";
    describe_gauge!("trading_message_latency_seconds", Unit::Seconds, meaning);
}

/// Hands the counts on. They are kept by the services themselves: a message costs nothing for it.
pub(super) fn publish(so_far: &Summary) {
    let kinds = [
        ("trade", so_far.trades),
        ("diff", so_far.diffs),
        ("snapshot", so_far.snapshots),
        ("book_ticker", so_far.book_tickers),
        ("other", so_far.others),
    ];
    for (kind, count) in kinds {
        counter!("trading_events_total", "kind" => kind).absolute(count);
    }
    counter!("trading_rejected_total").absolute(so_far.rejected);
    for (instrument, rejections) in &so_far.not_taken_by {
        let venue = instrument.split(':').next().unwrap_or_default();
        for (why, count) in rejections.iter() {
            let labels =
                [("venue", venue.to_owned()), ("instrument", instrument.clone()), ("reason", why.as_str().to_owned())];
            counter!("trading_not_taken_total", &labels).absolute(count);
        }
    }
    counter!("trading_doubtful_trades_total").absolute(so_far.doubtful_trades);
    gauge!("trading_books_waiting").set(u32::try_from(so_far.books_waiting).unwrap_or(u32::MAX));
    counter!("trading_time_jumps_total").absolute(so_far.time_jumps);
    counter!("trading_diffs_dropped_total").absolute(so_far.diffs_dropped);
    counter!("trading_gaps_total").absolute(so_far.gaps);
    counter!("trading_resyncs_total").absolute(so_far.resyncs);
    counter!("trading_book_mismatches_total").absolute(so_far.book_top_mismatches);
    counter!("trading_crossed_books_total").absolute(so_far.crossed_books);
    counter!("trading_candles_total").absolute(so_far.candles);
    counter!("trading_candles_told_total").absolute(so_far.candles_told);
    counter!("trading_candles_missing_total").absolute(so_far.candles_missing);
    counter!("trading_signals_total").absolute(so_far.signals);
    let outcomes =
        [("sent", so_far.alerts), ("suppressed", so_far.alerts_suppressed), ("undelivered", so_far.alerts_undelivered)];
    for (outcome, count) in outcomes {
        counter!("trading_alerts_total", "outcome" => outcome).absolute(count);
    }
    let latency = so_far.latency_ns;
    for (quantile, nanos) in [("0.5", latency.p50), ("0.9", latency.p90), ("0.99", latency.p99)] {
        gauge!("trading_message_latency_seconds", "quantile" => quantile).set(Duration::from_nanos(nanos));
    }
}
