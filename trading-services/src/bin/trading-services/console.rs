//! Lines for people while the platform runs, and its summary.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use di_core::lifecycle::{Outcome, RegisteredService, StartError, StartReport};
use rust_decimal::Decimal;
use trading_services::config::Settings;
use trading_services::engine::{self, BookReport, IRunObserver, News, Speed, Summary, TradingFigures};
use trading_services::model::{EventKind, Level, MarketEvent, OrderRequest, OrderStatus, Timeframe, Timestamp};
use trading_services::ports::{
    AlertLevel, IConfigService, IOrderExecutor, IPortfolio, IRiskManager, Ingested, Rejections, ShadowRecord,
};
use trading_services::store::Location;

use crate::printer::Printer;

/// So many instruments are shown of which messages were not taken.
const SHOWN: usize = 20;

/// Live lines at a pace that can be read; at full speed a line of progress per second.
///
/// Whoever reads them slowly, or not at all, holds nothing up.
#[derive(Debug)]
pub(crate) struct Console {
    speed: Speed,
    seconds: AtomicU64,
    printer: OnceLock<Printer>,
    /// Where the page is; the line that says so at the start scrolls away.
    page: OnceLock<SocketAddr>,
}

#[di_core::service(provides = IRunObserver)]
impl Console {
    /// Writes to standard output at the pace of the run.
    #[constructor]
    pub(crate) fn new(config: Arc<dyn IConfigService>) -> Self {
        let speed = config.section::<engine::Settings>().speed;
        Self { speed, seconds: AtomicU64::new(0), printer: OnceLock::new(), page: OnceLock::new() }
    }
}

impl Console {
    /// Waits until the lines so far are written: others may write after them.
    pub(crate) fn finish(&self) {
        if let Some(printer) = self.printer.get() {
            printer.finish();
        }
    }

    /// Says where the platform can be looked at, if it can; lines of progress say it again.
    pub(crate) fn page(&self, address: Option<SocketAddr>) {
        let Some(address) = address else { return };
        let _ = writeln!(
            io::stdout(),
            "page: http://{address}/ shows it live; http://{address}/api/v1/openapi.json is its API\n"
        );
        // It is told once.
        let _ = self.page.set(address);
    }

    fn print(&self, line: String) -> io::Result<()> {
        let printer = match self.printer.get() {
            Some(printer) => printer,
            None => {
                let begun = Printer::begin()?;
                self.printer.get_or_init(|| begun)
            }
        };
        printer.print(line)
    }
}

impl IRunObserver for Console {
    fn event(&self, event: &MarketEvent, ingested: &Ingested) -> io::Result<()> {
        if self.speed == Speed::Max {
            return Ok(());
        }
        let (time, instrument) = (clock_time(event.received), &event.instrument);
        if let EventKind::Trade(trade) = &event.kind {
            self.print(format!("{time} {instrument} {:<4} {} at {}", trade.side, trade.quantity, trade.price))?;
        }
        if let Some(gap) = &ingested.gap {
            self.print(format!("{time} {instrument} gap  expected update {}, found {}", gap.expected, gap.found))?;
        }
        for (timeframe, candle) in ingested.candles.iter().filter(|(timeframe, _)| *timeframe == Timeframe::M1) {
            let (open, high, low, close) = (candle.open, candle.high, candle.low, candle.close);
            let volume = candle.volume;
            self.print(format!(
                "{time} {instrument} {timeframe} candle: {open} {high} {low} {close}, volume {volume}"
            ))?;
        }
        Ok(())
    }

    fn news(&self, news: &News) -> io::Result<()> {
        if let News::Alert(alert) = news
            && alert.level == AlertLevel::Critical
        {
            return self.print(format!("{} critical: {}", clock_time(alert.time), alert.message));
        }
        if self.speed == Speed::Max {
            return Ok(());
        }
        let line = match news {
            News::Signal(signal) => format!("{} signal: {signal}", clock_time(signal.time)),
            News::Risk(answer) if answer.is_admitted() => return Ok(()),
            News::Risk(answer) => format!("{} risk: {} {answer}", clock_time(answer.time), answer.request.id),
            News::Order(order) if order.status == OrderStatus::Submitted => {
                let OrderRequest { id, side, quantity, instrument, kind, .. } = &order.request;
                format!("{} order: {id} {side} {quantity} {instrument} {kind}", clock_time(order.submitted))
            }
            // A fill says more.
            News::Order(order) if !order.status.is_final() || order.status == OrderStatus::Filled => return Ok(()),
            News::Order(order) => format!("{} order: {order}", clock_time(order.changed)),
            News::Fill(fill) => format!("{} fill: {} {fill}", clock_time(fill.time), fill.order),
            News::Funding(settlement) => format!("{} funding: {settlement}", clock_time(settlement.settled)),
            // The log channel has it.
            News::Alert(_) => return Ok(()),
        };
        self.print(line)
    }

    fn progress(&self, so_far: &Summary) -> io::Result<()> {
        let seconds = self.seconds.fetch_add(1, Ordering::Relaxed) + 1;
        if self.speed != Speed::Max && !seconds.is_multiple_of(10) {
            return Ok(());
        }
        let Summary { events, events_per_second, gaps, alerts, .. } = so_far;
        let p99 = so_far.latency_ns.p99;
        let trading = so_far.trading.as_ref().map(traded).unwrap_or_default();
        let page = self.page.get().map(|address| format!("; page http://{address}/")).unwrap_or_default();
        self.print(format!(
            "-- {events} events, {events_per_second}/s, {gaps} gaps, {alerts} alerts, p99 {p99} ns{trading}{page}"
        ))
    }
}

/// What is about to run.
pub(crate) fn headline(settings: &Settings) -> String {
    let venue = settings.exchange.order.join(", then ");
    let source = match &settings.replay.file {
        Some(file) if venue == "replay" => file.display().to_string(),
        _ if !settings.exchange.names("simulated") => {
            let symbols: Vec<_> = settings.exchange.symbols.iter().map(ToString::to_string).collect();
            symbols.join(", ")
        }
        _ => format!("seed {}", settings.simulation.seed),
    };
    format!("running: {venue} ({source}) at speed {}; Ctrl-C stops", settings.run.speed)
}

/// Where the state is, and with what the run goes on.
pub(crate) fn state(
    folder: Option<&Location>,
    executor: &dyn IOrderExecutor,
    portfolio: &dyn IPortfolio,
    risk: &dyn IRiskManager,
) -> String {
    let Some(Location::Folder(folder)) = folder else {
        return "state: in memory, it is forgotten at the end".to_owned();
    };
    let (orders, open, fills) = (executor.orders(), executor.open_orders().len(), executor.fills().len());
    let killed = risk.killed().map(|reason| format!("; trading has ended ({reason}): `resume` lets it go on"));
    let Some(last) = orders.iter().map(|order| order.changed).max() else {
        return format!("state: kept in {}; nothing was traded yet{}", folder.display(), killed.unwrap_or_default());
    };
    let held = portfolio.positions().iter().filter(|view| view.is_open()).count();
    format!(
        "state: kept in {}; goes on after {last} with {held} positions, {} orders ({open} open), {fills} fills{}",
        folder.display(),
        orders.len(),
        killed.unwrap_or_default()
    )
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
    let Summary { gaps, resyncs, crossed_books, book_top_mismatches, book_top_checks, books_waiting, .. } = summary;
    let tops = tops(*book_top_mismatches, *book_top_checks);
    writeln!(
        out,
        "  books       {gaps} gaps ({resyncs} healed), {tops}, {crossed_books} crossed, {books_waiting} waiting"
    )?;
    writeln!(out, "  not taken   {}", not_taken(&summary.not_taken, &summary.unknown_kinds))?;
    for (instrument, rejections) in summary.not_taken_by.iter().take(SHOWN) {
        writeln!(out, "              {instrument}: {rejections}")?;
    }
    let more = summary.not_taken_by.len().saturating_sub(SHOWN);
    if more > 0 {
        writeln!(out, "              and messages of {more} more instruments; `--summary` has all")?;
    }
    if summary.doubtful_trades + summary.time_jumps > 0 {
        let Summary { doubtful_trades, time_jumps, .. } = summary;
        writeln!(out, "  doubtful    {doubtful_trades} trades by their price, {time_jumps} receive times")?;
    }
    writeln!(out, "  signals     {}, {} suppressed", summary.signals, summary.signals_suppressed)?;
    undone(out, &summary.signals_undone)?;
    for (name, ShadowRecord { opinions, closed, won, gain_percent, open_percent }) in &summary.shadows {
        writeln!(
            out,
            "  in shadow   {name}: {opinions} opinions, would have closed {closed} positions, {won} of them with a gain; {:+} % closed, \
             {:+} % open, before fees",
            cents(*gain_percent),
            cents(*open_percent)
        )?;
    }
    if let Some(reason) = &summary.trading_ended {
        writeln!(out, "  trading     has ended: {reason}")?;
    }
    if let Some(trading) = &summary.trading {
        let TradingFigures { orders, refused, fills, round_trips, won, realised, unrealised, fees, equity, .. } =
            trading;
        writeln!(out, "  orders      {orders} submitted, {refused} refused, {fills} fills")?;
        for (reason, count) in &summary.orders_refused {
            writeln!(out, "              {count} refused: {}", reason.replace('_', " "))?;
        }
        writeln!(out, "  trades      {round_trips} closed, {won} of them with a gain")?;
        writeln!(
            out,
            "  profit      {} realised, {} open, {} fees; the account is worth {}",
            cents(*realised),
            cents(*unrealised),
            cents(*fees),
            cents(*equity)
        )?;
        let TradingFigures { funding, unknown_funding, .. } = trading;
        if !funding.is_zero() {
            writeln!(out, "  funding     {} received for holding perpetuals", cents(*funding))?;
        }
        if *unknown_funding > 0 {
            writeln!(out, "              {unknown_funding} settlements are not booked: what was paid is not known")?;
        }
    }
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

/// Signals that were not ordered; most of them only say again what is held already.
pub(crate) fn undone(out: &mut impl Write, undone: &BTreeMap<String, u64>) -> io::Result<()> {
    for (reason, count) in undone {
        writeln!(out, "              {count} not ordered: {reason}")?;
    }
    Ok(())
}

/// What took how long at the start. Whoever does not read the output is noticed with the next line.
pub(crate) fn started(report: &StartReport) {
    let _ = writeln!(io::stdout(), "{report}\n");
}

/// What took how long at the stop; before it at the start, if that did not succeed and so was not told of.
pub(crate) fn stopped(out: &mut impl Write, outcome: &Outcome) -> io::Result<()> {
    if let Some(report) = outcome.start().as_ref().err().and_then(StartError::report) {
        writeln!(out, "\n{report}")?;
    }
    let report = outcome.stop().and_then(|stopped| match stopped {
        Ok(report) => Some(report),
        Err(error) => error.report(),
    });
    if let Some(report) = report {
        writeln!(out, "\n{report}")?;
    }
    out.flush()
}

/// What there is to start and to stop.
pub(crate) fn services(out: &mut impl Write, services: &[RegisteredService]) -> io::Result<()> {
    for service in services {
        let contracts = if service.contracts.is_empty() { "-".to_owned() } else { service.contracts.join(", ") };
        let hooks = if service.has_lifecycle { "" } else { " (no hooks)" };
        writeln!(out, "{}: {contracts}{hooks}", service.name)?;
        if !service.dependencies.is_empty() {
            writeln!(out, "    after {}", service.dependencies.join(", "))?;
        }
    }
    out.flush()
}

/// The books after their last message.
pub(crate) fn books(out: &mut impl Write, report: &BookReport, elapsed: Duration) -> io::Result<()> {
    let best = |level: Option<Level>| level.map_or("nobody".to_owned(), |l| format!("{} at {}", l.quantity, l.price));
    for book in &report.books {
        let (instrument, bid, ask) = (&book.instrument, best(book.top.bid), best(book.top.ask));
        let state = book.last_update_id.map_or("waits for a snapshot".to_owned(), |id| format!("after update {id}"));
        writeln!(out, "{instrument} bid {bid}, ask {ask}, {state}")?;
    }
    let counters = &report.counters;
    writeln!(
        out,
        "  events      {} ({} trades, {} diffs, {} book tickers, {} snapshots)",
        counters.events, counters.trades, counters.diffs, counters.book_tickers, counters.snapshots
    )?;
    let tops = tops(counters.book_top_mismatches, counters.book_top_checks);
    writeln!(
        out,
        "  books       {} gaps ({} healed), {tops}, {} crossed, {} messages not taken",
        counters.gaps, counters.resyncs, counters.crossed_books, counters.rejected
    )?;
    let rate = u128::from(counters.events) * 1_000_000_000 / elapsed.as_nanos().max(1);
    writeln!(out, "  time        {} ms, {rate} events per second", elapsed.as_millis())?;
    out.flush()
}

/// Nothing that was not compared is in order.
fn tops(mismatches: u64, checks: u64) -> String {
    if checks == 0 { "no top could be compared".to_owned() } else { format!("{mismatches} of {checks} tops differ") }
}

fn not_taken(rejections: &Rejections, kinds: &BTreeMap<String, u64>) -> String {
    if rejections.total() == 0 {
        return "nothing: every message was taken".to_owned();
    }
    let kinds: Vec<_> = kinds.iter().map(|(kind, count)| format!("{count} {}", kind.escape_debug())).collect();
    let kinds = if kinds.is_empty() { String::new() } else { format!(" (not understood: {})", kinds.join(", ")) };
    format!("{} messages: {rejections}{kinds}", rejections.total())
}

/// What was traded so far, behind the other figures.
fn traded(trading: &TradingFigures) -> String {
    let TradingFigures { fills, realised, unrealised, fees, funding, .. } = trading;
    let profit = realised.saturating_add(*unrealised).saturating_add(*funding).saturating_sub(*fees);
    format!(", {fills} fills, profit {}", cents(profit))
}

fn cents(amount: Decimal) -> Decimal {
    amount.round_dp(2)
}

fn clock_time(time: Timestamp) -> String {
    let text = time.to_string();
    text.get(11..23).unwrap_or(&text).to_owned()
}
