//! The candles of before the trades of a stream, asked for until the venue has told them.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::Instant;

use super::pace::Pace;
use super::rest::RestClient;
use super::session::{Line, until};
use super::status::Status;
use super::{Protocol, Request, Settings};
use crate::model::{Candle, MARGIN, Symbol, Timeframe, Timestamp};
use crate::ports::ExchangeError;
use crate::sync::lock;
use crate::venues::candle_body::{self, Wanted};
use crate::venues::parser::Parser;
use crate::venues::recording::{Asked, History};
use crate::venues::wire::Refused;

/// What both venues give at most in one answer.
pub(super) const PAGE: usize = 1_000;
/// A longer candle has at most eight of the next shorter length; two more may have begun since.
const FEWEST: usize = 10;

/// What is asked for: seconds are made of trades alone.
const TIMEFRAMES: [Timeframe; 5] = [Timeframe::M1, Timeframe::M5, Timeframe::M30, Timeframe::H4, Timeframe::D1];

/// Asks for the candles of symbols whose trades have begun, and once more for the minute in which they began, when it is
/// over. They take their place among the messages of the stream: a recording has them, too.
///
/// Nobody waits for them, and they leave room for whoever asks for books: one request at a time, a pause after each, and none
/// while the venue wants to be left alone. Times are the venue's.
#[derive(Debug)]
pub(super) struct CandleRequests {
    rest: Arc<RestClient>,
    settings: Arc<Settings>,
    status: Arc<Status>,
    lines: mpsc::WeakSender<Line>,
    parser: Parser,
    jobs: Vec<Job>,
    /// What the venue's clock was, and when that was.
    clock: Option<(Timestamp, Instant)>,
    pace: Pace,
}

/// That trades have begun, until their connection is lost. What was asked for before that says nothing of where the next ones
/// begin, and must not come after the note of it.
#[derive(Debug, Clone)]
pub(super) struct Begun {
    at: Instant,
    is_over: Arc<Mutex<bool>>,
}

impl Begun {
    /// All trades come from now on.
    pub(super) fn now() -> Self {
        Self { at: Instant::now(), is_over: Arc::default() }
    }

    /// They come no more; nothing is done any more that is done [while they come](Self::during).
    pub(super) fn end(&self) {
        *lock(&self.is_over) = true;
    }

    fn is_over(&self) -> bool {
        *lock(&self.is_over)
    }

    /// Does something while they come; false when that is over.
    fn during(&self, act: impl FnOnce()) -> bool {
        let is_over = lock(&self.is_over);
        if !*is_over {
            act();
        }
        !*is_over
    }
}

/// Candles that are to be asked for.
#[derive(Debug, Clone)]
struct Job {
    begun: Begun,
    symbol: Symbol,
    timeframe: Timeframe,
    /// From when on; as many as are wanted where it is not said.
    since: Option<Timestamp>,
    /// The minute that has to be told, closed.
    closes: Option<Timestamp>,
    due: Instant,
}

/// What an answer has told.
struct Told {
    candles: Vec<Candle>,
    time: Timestamp,
    since: Timestamp,
}

impl CandleRequests {
    /// Whether candles are wanted, and the venue has any.
    pub(super) fn can_ask<P: Protocol>(settings: &Settings) -> bool {
        let any = "BTCUSDT".parse().ok();
        let path =
            |symbol: Symbol| P::path(&Request::Candles(&symbol, Timeframe::M1.duration(), Timestamp::default(), PAGE));
        settings.candles > 0 && any.and_then(path).is_some()
    }

    pub(super) fn new<P: Protocol>(
        rest: Arc<RestClient>,
        settings: Arc<Settings>,
        status: Arc<Status>,
        lines: mpsc::WeakSender<Line>,
    ) -> Self {
        let (parser, pace) = (Parser::of(P::VENUE), Pace::new(&settings));
        Self { rest, settings, status, lines, parser, jobs: Vec::new(), clock: None, pace }
    }

    /// Asks for candles of the symbols that are `wanted`; ends with the stream.
    pub(super) async fn run<P: Protocol>(mut self, mut wanted: mpsc::UnboundedReceiver<(Vec<Symbol>, Begun)>) {
        let mut allowed = Instant::now();
        loop {
            let due = self.jobs.iter().map(|job| job.due).min().map(|due| due.max(allowed));
            tokio::select! {
                biased;
                wish = wanted.recv() => match wish {
                    Some((symbols, begun)) => self.begin(&symbols, &begun),
                    None => return,
                },
                () = until(due) => {
                    let Some(pause) = self.next::<P>().await else { return };
                    allowed = Instant::now() + pause;
                }
            }
        }
    }

    /// Trades of the symbols have begun, or begun again.
    fn begin(&mut self, symbols: &[Symbol], begun: &Begun) {
        self.jobs.retain(|job| !symbols.contains(&job.symbol));
        let due = Instant::now();
        for timeframe in TIMEFRAMES {
            let jobs = symbols.iter().cloned().map(|symbol| Job {
                begun: begun.clone(),
                symbol,
                timeframe,
                since: None,
                closes: None,
                due,
            });
            self.jobs.extend(jobs);
        }
    }

    /// Does what is due first; returns how long nothing may be asked then, or nothing when nobody reads any more.
    async fn next<P: Protocol>(&mut self) -> Option<Duration> {
        let first = self.jobs.iter().enumerate().min_by_key(|(_, job)| job.due).map(|(index, _)| index);
        let mut job = self.jobs.remove(first?);
        if job.begun.is_over() {
            return Some(Duration::ZERO);
        }
        let asked = Instant::now();
        let answer = self.ask::<P>(&job).await;
        // Whoever read has gone, or goes.
        let lines = self.lines.upgrade()?;
        match answer {
            Ok((Told { candles, time, since }, line)) => {
                let room = lines.reserve().await.ok()?;
                self.pace = Pace::new(&self.settings);
                if job.begun.during(|| room.send(line)) {
                    self.go_on(job, &candles, since, (time, asked));
                }
                Some(self.pace.after_answer())
            }
            Err(error) => {
                self.missing(&job.symbol, &error.to_string());
                if matches!(error, ExchangeError::UnknownSymbol { .. } | ExchangeError::Unsupported { .. }) {
                    self.jobs.retain(|other| other.symbol != job.symbol);
                    return Some(self.pace.after_answer());
                }
                let pause = self.pace.after_error(&error);
                job.due = Instant::now() + pause;
                self.jobs.push(job);
                Some(pause)
            }
        }
    }

    /// Asks, and makes a line of the stream of the answer.
    async fn ask<P: Protocol>(&mut self, job: &Job) -> Result<(Told, Line), ExchangeError> {
        let now = match self.clock {
            Some((time, then)) => time.saturating_add(then.elapsed()),
            None => {
                let (_, time) = self.rest.dated::<P>(&Request::Time, &self.settings).await?;
                self.clock = Some((time, Instant::now()));
                time
            }
        };
        let length = job.timeframe.duration();
        let since = job.since.unwrap_or_else(|| {
            let before = u32::try_from(self.settings.candles.saturating_sub(1)).unwrap_or(u32::MAX);
            let since = job.timeframe.open_of(now).saturating_sub(length.saturating_mul(before));
            // Trades may have come before the clock was asked, of the minute before.
            let begun = now.saturating_sub(job.begun.at.elapsed()).saturating_sub(Timeframe::M1.duration());
            // The longer candle into which they fall begins with these.
            let longer = TIMEFRAMES.into_iter().find(|longer| *longer > job.timeframe);
            since.min(longer.unwrap_or(job.timeframe).open_of(begun))
        });
        let limit = self.limit();
        let request = Request::Candles(&job.symbol, length, since, limit);
        let (body, time) = self.rest.dated::<P>(&request, &self.settings).await?;
        self.clock = Some((time, Instant::now()));
        let asked = Asked {
            symbol: job.symbol.clone(),
            timeframe: job.timeframe,
            since: since.as_millis(),
            time: time.as_millis(),
        };
        let unavailable = |reason: String| ExchangeError::Unavailable { exchange: P::VENUE.as_str(), reason };
        let mut refused: Option<Refused> = None;
        let candles = candle_body::candles(&mut self.parser, P::VENUE, &Wanted::from(&asked), &body, |wrong| {
            refused.get_or_insert(wrong);
        });
        // One that is not understood would be taken for a time that was not traded.
        if refused.is_some() || candles.is_empty() {
            let found =
                refused.map_or_else(|| "it has told none".to_owned(), |wrong| format!("expected {}", wrong.detail));
            return Err(unavailable(format!("candles of {}: {found}", job.timeframe)));
        }
        let line = History::line(asked, &body).ok_or_else(|| unavailable("a body that is not JSON".to_owned()))?;
        Self::look(job, &candles);
        Ok((Told { candles, time, since }, Line::now(line)))
    }

    /// How many candles are asked for at once.
    fn limit(&self) -> usize {
        self.settings.candles.clamp(FEWEST, PAGE)
    }

    /// Says what is missing in what was told.
    fn look(job: &Job, candles: &[Candle]) {
        let length = job.timeframe.duration();
        let missing = candles.iter().zip(candles.iter().skip(1)).find_map(|(candle, next)| candle.gap(next, length));
        if let Some((from, until)) = missing {
            let (symbol, timeframe) = (&job.symbol, job.timeframe);
            tracing::warn!(%symbol, %timeframe, %from, %until, "the venue has no candles in between");
        }
    }

    /// What is to be asked for after an answer.
    fn go_on(&mut self, job: Job, candles: &[Candle], since: Timestamp, (time, asked): (Timestamp, Instant)) {
        let length = job.timeframe.duration();
        let Some(last) = candles.last() else { return };
        let (end, due) = (last.end(length), Instant::now());
        if last.is_settled(length, time) && candles.len() >= self.limit() && end > since {
            return self.jobs.push(Job { since: Some(end), due, ..job });
        }
        let is_young = |candle: &&Candle| candle.end(length) <= time && !candle.is_settled(length, time);
        if let Some(young) = candles.iter().find(is_young) {
            let wait = young.end(length).saturating_add(MARGIN).since(time);
            let since = Some(young.open_time);
            self.jobs.push(Job { since, due: due + wait, ..job.clone() });
        } else if job.timeframe == Timeframe::M1 {
            // Every trade that has come until now is of this minute, or of an earlier one.
            let latest = time.saturating_add(asked.elapsed()).saturating_add(MARGIN);
            let closes = job.closes.unwrap_or_else(|| Timeframe::M1.open_of(latest));
            let settled = closes.saturating_add(length).saturating_add(MARGIN);
            if last.open_time < closes || time < settled {
                let wait = settled.since(time);
                let wait = wait.max(if job.closes.is_some() { self.settings.longest_pause } else { Duration::ZERO });
                let since = if job.closes.is_some() { since } else { Timeframe::M1.open_of(time).min(closes) };
                let again = Job { since: Some(since), closes: Some(closes), due: due + wait, ..job.clone() };
                self.jobs.push(again);
            }
        }
        let is_of = |other: &Job| other.symbol == job.symbol && other.closes.is_none();
        if !self.jobs.iter().any(is_of) {
            self.status.has_candles(&job.symbol);
        }
    }

    fn missing(&self, symbol: &Symbol, reason: &str) {
        if self.status.has_no_candles(symbol, reason) {
            tracing::warn!(%symbol, reason, "its candles of before are not known: it is asked for them again");
        }
    }
}
