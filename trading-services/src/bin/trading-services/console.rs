//! What does a person see while the platform runs.

use std::io::{self, Write};

use trading_services::{
    EventKind, Ingested, MarketEvent, RunObserver, RunOptions, Settings, Speed, Summary, Timeframe, Timestamp,
};

/// Live lines at a pace that can be read; at full speed a line of progress per second.
pub(crate) struct Console {
    speed: Speed,
    seconds: u64,
}

impl Console {
    pub(crate) fn new(speed: Speed) -> Self {
        Self { speed, seconds: 0 }
    }
}

impl RunObserver for Console {
    fn event(&mut self, event: &MarketEvent, ingested: &Ingested) -> io::Result<()> {
        if self.speed == Speed::Max {
            return Ok(());
        }
        let mut out = io::stdout().lock();
        let (time, symbol) = (clock_time(event.received), event.symbol());
        if let EventKind::Trade(trade) = &event.kind {
            writeln!(out, "{time} {symbol:<8} {:<4} {} at {}", trade.side, trade.quantity, trade.price)?;
        }
        if let Some(gap) = &ingested.gap {
            writeln!(out, "{time} {symbol:<8} gap  expected update {}, found {}", gap.expected, gap.found)?;
        }
        for (timeframe, candle) in ingested.candles.iter().filter(|(timeframe, _)| *timeframe == Timeframe::M1) {
            let (open, high, low, close) = (candle.open, candle.high, candle.low, candle.close);
            let volume = candle.volume;
            writeln!(out, "{time} {symbol:<8} {timeframe} candle: {open} {high} {low} {close}, volume {volume}")?;
        }
        Ok(())
    }

    fn progress(&mut self, so_far: &Summary) -> io::Result<()> {
        self.seconds += 1;
        if self.speed != Speed::Max && !self.seconds.is_multiple_of(10) {
            return Ok(());
        }
        let Summary { events, events_per_second, gaps, alerts, .. } = so_far;
        let p99 = so_far.latency_ns.p99;
        writeln!(io::stdout(), "-- {events} events, {events_per_second}/s, {gaps} gaps, {alerts} alerts, p99 {p99} ns")
    }
}

/// What is about to run.
pub(crate) fn headline(settings: &Settings, options: &RunOptions) -> String {
    let venue = settings.exchange.order.join(", then ");
    let source = match &settings.replay.file {
        Some(file) if venue == "replay" => file.display().to_string(),
        _ => format!("seed {}", settings.simulation.seed),
    };
    format!("running: {venue} ({source}) at speed {}; Ctrl-C stops", options.speed)
}

/// The figures for people; `--summary` has all of them.
pub(crate) fn summary(out: &mut impl Write, summary: &Summary) -> io::Result<()> {
    let Summary { exchange, stopped, events, trades, diffs, snapshots, book_tickers, .. } = summary;
    writeln!(out, "\nsummary of {exchange}: {stopped}")?;
    writeln!(
        out,
        "  events      {events} ({trades} trades, {diffs} diffs, {book_tickers} book tickers, {snapshots} snapshots), \
         {} candles closed",
        summary.candles
    )?;
    writeln!(
        out,
        "  books       {} gaps ({} healed), {} of {} tops differ, {} crossed, {} messages rejected",
        summary.gaps,
        summary.resyncs,
        summary.book_top_mismatches,
        summary.book_top_checks,
        summary.crossed_books,
        summary.rejected
    )?;
    writeln!(
        out,
        "  alerts      {} sent, {} suppressed, {} undelivered",
        summary.alerts, summary.alerts_suppressed, summary.alerts_undelivered
    )?;
    let latency = summary.latency_ns;
    writeln!(out, "  latency     p50 {} ns, p99 {} ns, max {} ns", latency.p50, latency.p99, latency.max)?;
    writeln!(
        out,
        "  time        {} ms of events in {} ms, {} events per second",
        summary.event_time_ms, summary.wall_ms, summary.events_per_second
    )?;
    writeln!(out, "  log_sha256  {} ({} lines)", summary.log_sha256, summary.log_lines)?;
    out.flush()
}

fn clock_time(time: Timestamp) -> String {
    let text = time.to_string();
    text.get(11..23).unwrap_or(&text).to_owned()
}
