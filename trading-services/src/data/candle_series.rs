//! Candles of trades, joined to those that a venue has told of the time before.

use std::collections::VecDeque;
use std::time::Duration;

use super::{CandleBuilder, CandleError};
use crate::model::{Candle, CandleHistory, CandleUpdate, Price, Timeframe, Timestamp, Trade};
use crate::ports::{Ingested, ValidationError};

/// A venue that is asked for candles has told them by then, unless it is asked again and again.
const WITHIN: Duration = Duration::from_secs(300);
/// So many candles of each length are kept while a beginning is not known.
const JOINED: usize = 1_000;

/// The candles of one instrument, of every timeframe that is built.
///
/// Trades make them, from the first to the last. Where trades [begin](Self::begin) in the middle of a minute, that minute is
/// the venue's to tell: trades count from the next minute on, and the candles into which that moment falls get their first
/// part from the venue, out of the longest of its candles that fit. So nothing is counted twice, and nothing is left out. Until
/// that part is known, the candle is not told as closed, nor as forming.
///
/// All of this is by the venue's clock, and follows from events alone. Candles of a second are made of trades only.
#[derive(Debug)]
pub(super) struct CandleSeries {
    series: Vec<Series>,
    join: Option<Join>,
}

#[derive(Debug)]
struct Series {
    builder: CandleBuilder,
    closed: VecDeque<Candle>,
    /// The candle into which the beginning of the trades falls lacks what was before it.
    lacks: bool,
    /// What trades have made of that candle, where it has ended in the meantime.
    part: Option<Candle>,
    /// Nobody has asked for this timeframe; others are joined by it.
    is_hidden: bool,
    /// Between the candles that are kept, the times that are known to have none.
    missing: Vec<(Timestamp, Timestamp)>,
}

/// Where trades and what the venue has told meet.
#[derive(Debug, Default)]
struct Join {
    /// The first minute of which every trade has come; not known before the first trade or answer.
    from: Option<Timestamp>,
    /// The minute before it, as the venue has told it last, while it forms.
    forming: Option<Candle>,
    /// The time of which the venue has told every minute that it has.
    minutes: Option<(Timestamp, Timestamp)>,
}

impl CandleSeries {
    pub(super) fn new(timeframes: &[Timeframe]) -> Self {
        Self { series: timeframes.iter().copied().map(Series::new).collect(), join: None }
    }

    /// The last closed candles, oldest first; `None` when that timeframe is not built.
    pub(super) fn closed(&self, timeframe: Timeframe, limit: usize) -> Option<Vec<Candle>> {
        let closed = &self.of(timeframe).filter(|series| !series.is_hidden)?.closed;
        Some(closed.iter().skip(closed.len().saturating_sub(limit)).cloned().collect())
    }

    /// The candle that forms, if it is known; `None` when that timeframe is not built.
    pub(super) fn forming(&self, timeframe: Timeframe) -> Option<Option<Candle>> {
        let series = self.of(timeframe).filter(|series| !series.is_hidden)?;
        let open = series.builder.peek();
        Some(match &self.join {
            Some(join) if series.lacks => self.forming_at(series, join),
            _ => open.cloned(),
        })
    }

    /// Whether every candle takes the trade, or none: a candle of five minutes is the sum of five candles of one.
    pub(super) fn check(&self, trade: &Trade, received: Timestamp) -> Result<(), ValidationError> {
        let from = self.join.as_ref().and_then(|join| join.from);
        for series in self.series.iter().filter(|series| !series.is_before(from, trade.time)) {
            series.builder.check(trade.time, trade.quantity).map_err(|error| match error {
                CandleError::Late { open, .. } => {
                    ValidationError::LateTrade { id: trade.id.clone(), time: trade.time, open }
                }
                CandleError::Distant { .. } => {
                    ValidationError::FutureTrade { id: trade.id.clone(), time: trade.time, received }
                }
                CandleError::Volume => ValidationError::LargeTrade { id: trade.id.clone() },
            })?;
        }
        Ok(())
    }

    /// Adds a trade that was [checked](Self::check), and whether it is doubtful.
    pub(super) fn trade(&mut self, trade: &Trade, most: usize, result: &mut Ingested) {
        let most = self.kept(most);
        let from = self.join.as_mut().map(|join| {
            join.saw(trade.time, trade.price);
            *join.from.get_or_insert_with(|| minute_after(trade.time))
        });
        for series in self.series.iter_mut().filter(|series| !series.is_before(from, trade.time)) {
            let closed = series.builder.push(trade.time, trade.price, trade.quantity, result.doubtful);
            // It was checked before.
            for candle in closed.unwrap_or_default() {
                if series.lacks && from.is_some_and(|from| candle.open_time < from) {
                    series.part = Some(candle);
                } else {
                    series.close(candle, most, result);
                }
            }
        }
    }

    /// Trades begin here, or begin again: what is open lacks some of them.
    pub(super) fn begin(&mut self) {
        let longest = self.series.last().map_or(Timeframe::M1, Series::timeframe);
        for timeframe in Timeframe::ALL {
            let is_part = timeframe == Timeframe::M1 || (Timeframe::M1..longest).contains(&timeframe);
            if is_part && self.of(timeframe).is_none() {
                let place = self.series.partition_point(|series| series.timeframe() < timeframe);
                self.series.insert(place, Series { is_hidden: true, ..Series::new(timeframe) });
            }
        }
        for series in &mut self.series {
            series.builder.finish();
            (series.lacks, series.part) = (series.timeframe() >= Timeframe::M1, None);
        }
        self.join = Some(Join::default());
    }

    /// Takes what the venue has told of the time before the trades; returns how many candles are missing in it.
    pub(super) fn told(&mut self, history: &CandleHistory, most: usize, result: &mut Ingested) -> u64 {
        let CandleHistory { timeframe, since, time, candles } = history;
        let Some(join) = &mut self.join else { return 0 };
        // Whoever asks for it hears of every trade from then on.
        let from = *join.from.get_or_insert_with(|| minute_after(*time));
        let closed = candles.partition_point(|candle| candle.is_settled(timeframe.duration(), *time));
        let (closed, forming) = candles.split_at(closed);
        if *timeframe == Timeframe::M1 {
            if let (Some(first), Some(last)) = (closed.first(), closed.last()) {
                join.cover(*since, first.open_time, last.end(timeframe.duration()));
            }
            let joint = candles.iter().find(|candle| minute_after(candle.open_time) == from);
            if let Some(candle) = joint.filter(|candle| forming.contains(candle)) {
                join.forming = Some(candle.clone());
            }
        }
        let most = self.kept(most);
        if let Some(series) = self.series.iter_mut().find(|series| series.timeframe() == *timeframe) {
            let of_before = closed.iter().filter(|candle| candle.end(timeframe.duration()) <= from);
            series.insert(of_before.cloned().collect(), from, most, result);
        }
        self.fill(most, result);
        let series = self.series.iter_mut().find(|series| series.timeframe() == *timeframe);
        let (Some(series), Some(last)) = (series, closed.last()) else { return 0 };
        let until = last.end(timeframe.duration());
        // What its beginning lacks may still come.
        let until = if series.lacks { until.min(joint(*timeframe, from)) } else { until };
        series.count_missing(*since, until)
    }

    /// Takes the venue's own candle of the minute in which trades began.
    pub(super) fn update(&mut self, update: &CandleUpdate, most: usize, result: &mut Ingested) {
        let most = self.kept(most);
        let CandleUpdate { interval, candle, closed, .. } = update;
        let Some(join) = &mut self.join else { return };
        let (Some(from), true) = (join.from, *interval == Timeframe::M1.duration()) else { return };
        let Some(minutes) = self.series.iter_mut().find(|series| series.timeframe() == Timeframe::M1) else { return };
        if !minutes.lacks || minute_after(candle.open_time) != from {
            return;
        }
        if !closed {
            join.forming = Some(candle.clone());
            return;
        }
        minutes.insert(vec![candle.clone()], from, most, result);
        self.fill(most, result);
    }

    /// Gives the candles into which the beginning of the trades falls what they lack, where it is known now.
    fn fill(&mut self, most: usize, result: &mut Ingested) {
        let Some(Join { from: Some(from), .. }) = self.join else { return };
        for index in 0..self.series.len() {
            let Some(series) = self.series.get(index).filter(|series| series.lacks) else { continue };
            let (timeframe, open) = (series.timeframe(), joint(series.timeframe(), from));
            let Some(before) = self.sum(timeframe, open, from) else { continue };
            if let Some(series) = self.series.get_mut(index) {
                series.lacks = false;
                series.join(&before, from, most, result);
            }
        }
    }

    /// What the venue has told of the time from `open` to `until`, of the longest candles that fit; `None` when it is not all
    /// known.
    fn sum(&self, longest: Timeframe, open: Timestamp, until: Timestamp) -> Option<Candle> {
        let (mut at, mut sum): (_, Option<Candle>) = (open, None);
        let minutes = self.join.as_ref().and_then(|join| join.minutes);
        while at < until {
            let fitting = self.series.iter().rev().filter(|series| {
                let timeframe = series.timeframe();
                (Timeframe::M1..=longest).contains(&timeframe) && at.saturating_add(timeframe.duration()) <= until
            });
            let found = fitting.filter_map(|series| series.find(at).map(|candle| (candle, series.timeframe()))).next();
            let Some((candle, timeframe)) = found else {
                // The venue has told of the minutes around it: it was not traded.
                if !minutes.is_some_and(|(begin, end)| begin <= at && at < end) {
                    return None;
                }
                at = minute_after(at);
                continue;
            };
            sum = Some(match &sum {
                Some(sum) => sum.followed_by(candle)?,
                None => Candle { open_time: open, ..candle.clone() },
            });
            at = at.saturating_add(timeframe.duration());
        }
        sum
    }

    /// The candle that forms and lacks its beginning: as much of it as the venue and the trades tell, if that is all.
    fn forming_at(&self, series: &Series, join: &Join) -> Option<Candle> {
        let (from, timeframe) = (join.from?, series.timeframe());
        let (open, minute) = (joint(timeframe, from), joint(Timeframe::M1, from));
        let part = series.builder.peek();
        if part.is_some_and(|part| part.open_time > open) {
            return part.cloned();
        }
        let last = self.of(Timeframe::M1)?.find(minute).or(join.forming.as_ref())?;
        let told = if open < minute { self.sum(timeframe, open, minute)?.followed_by(last)? } else { last.clone() };
        match part {
            Some(part) => told.followed_by(part),
            None => Some(told),
        }
    }

    /// The longest candle that forms `now` and whose beginning was not told within [`WITHIN`].
    pub(super) fn unknown(&self, now: Timestamp) -> Option<Timeframe> {
        let from = self.join.as_ref()?.from.filter(|from| now.since(*from) >= WITHIN)?;
        let is_unknown = |series: &&Series| {
            let timeframe = series.timeframe();
            series.lacks && !series.is_hidden && now < joint(timeframe, from).saturating_add(timeframe.duration())
        };
        self.series.iter().rev().find(is_unknown).map(Series::timeframe)
    }

    /// How many candles are kept where `most` are to be: those of which a beginning is made must not be among those that are
    /// dropped, however late the others are told.
    fn kept(&self, most: usize) -> usize {
        if self.series.iter().any(|series| series.lacks) { most.max(JOINED) } else { most }
    }

    fn of(&self, timeframe: Timeframe) -> Option<&Series> {
        self.series.iter().find(|series| series.timeframe() == timeframe)
    }
}

impl Series {
    fn new(timeframe: Timeframe) -> Self {
        let builder = CandleBuilder::new(timeframe);
        let (closed, missing) = (VecDeque::new(), Vec::new());
        Self { builder, closed, lacks: false, part: None, is_hidden: false, missing }
    }

    fn timeframe(&self) -> Timeframe {
        self.builder.timeframe()
    }

    /// Whether a trade of that time is in what the venue tells, and not for the trades to make.
    fn is_before(&self, from: Option<Timestamp>, time: Timestamp) -> bool {
        from.is_some_and(|from| time < from) && self.timeframe() >= Timeframe::M1
    }

    fn find(&self, open: Timestamp) -> Option<&Candle> {
        let place = self.closed.binary_search_by_key(&open, |candle| candle.open_time).ok()?;
        self.closed.get(place)
    }

    /// How many candles are missing between those that are kept, of the time from `since` to `until`, of which the venue has
    /// told all that it has. What was missing before is not counted again.
    fn count_missing(&mut self, since: Timestamp, until: Timestamp) -> u64 {
        let length = self.timeframe().duration();
        let count = |(from, until): (Timestamp, Timestamp)| until.since(from).as_secs() / length.as_secs();
        let within = |(from, until): (Timestamp, Timestamp), (first, last): (Timestamp, Timestamp)| {
            let common = (from.max(first), until.min(last));
            (common.0 < common.1).then_some(common)
        };
        let hull =
            |one: (Timestamp, Timestamp), other: (Timestamp, Timestamp)| (one.0.min(other.0), one.1.max(other.1));
        let (mut missing, mut new) = (Vec::new(), 0);
        for gap in self.closed.iter().zip(self.closed.iter().skip(1)).filter_map(|(one, next)| one.gap(next, length)) {
            let known = self.missing.iter().filter_map(|known| within(*known, gap)).reduce(hull);
            let Some(all) = known.into_iter().chain(within((since, until), gap)).reduce(hull) else { continue };
            new += count(all).saturating_sub(known.map_or(0, count));
            missing.push(all);
        }
        self.missing = missing;
        new
    }

    /// Adds the candle that was closed now.
    fn close(&mut self, candle: Candle, most: usize, result: &mut Ingested) {
        self.closed.drain(..(self.closed.len() + 1).saturating_sub(most).min(self.closed.len()));
        self.closed.push_back(candle.clone());
        if !self.is_hidden {
            result.candles.push((self.timeframe(), candle));
        }
    }

    /// Adds candles that are not known yet, oldest first. The one in which the trades began is closed now, and so is what
    /// follows it, unless later ones were closed before it.
    fn insert(&mut self, candles: Vec<Candle>, from: Timestamp, most: usize, result: &mut Ingested) {
        let (timeframe, mut history) = (self.timeframe(), Vec::new());
        let joint = joint(timeframe, from);
        for candle in candles {
            let is_last = self.closed.back().is_none_or(|last| last.open_time < candle.open_time);
            if is_last && candle.open_time >= joint {
                self.close(candle, most, result);
                continue;
            }
            let Err(place) = self.closed.binary_search_by_key(&candle.open_time, |known| known.open_time) else {
                continue;
            };
            if place == 0 && self.closed.len() >= most {
                // It is older than all that are kept.
                continue;
            }
            self.closed.insert(place, candle.clone());
            history.push(candle);
            if self.closed.len() > most {
                self.closed.pop_front();
            }
        }
        if !self.is_hidden && !history.is_empty() {
            result.history.push((timeframe, history));
        }
    }

    /// Joins what the venue has told of the candle in which the trades began to what the trades have made of it.
    fn join(&mut self, before: &Candle, from: Timestamp, most: usize, result: &mut Ingested) {
        let (timeframe, open) = (self.timeframe(), self.builder.peek().map(|open| open.open_time));
        let is_over = before.end(timeframe.duration()) <= from;
        let part = self.part.take();
        // A volume that does not fit is no candle.
        let whole = match &part {
            Some(part) => before.followed_by(part),
            None => Some(before.clone()),
        };
        let Some(whole) = whole else { return };
        let is_open = !is_over && part.is_none() && open.is_none_or(|open| open == before.open_time);
        if is_open {
            let _unfit = self.builder.go_on(&whole);
            return;
        }
        let (close, mut next) = (whole.close, whole.end(timeframe.duration()));
        let mut flat = Vec::new();
        match open {
            // Until the first trade, every candle is flat.
            None => drop(self.builder.go_on(&Candle::flat(next, close))),
            Some(open) if part.is_none() => {
                // More than are kept would be made for nothing.
                let kept = timeframe.duration().saturating_mul(u32::try_from(most).unwrap_or(u32::MAX));
                next = next.max(open.saturating_sub(kept));
                while next < open {
                    flat.push(Candle::flat(next, close));
                    next = next.saturating_add(timeframe.duration());
                }
            }
            Some(_) => {}
        }
        self.insert(vec![whole], from, most, result);
        self.insert(flat, from, most, result);
    }
}

impl Join {
    /// A trade of the minute that the venue tells moves its price.
    fn saw(&mut self, time: Timestamp, price: Price) {
        let (from, Some(forming)) = (self.from, &mut self.forming) else { return };
        if from.is_none_or(|from| time < from) && time >= forming.open_time {
            forming.close = price;
            (forming.high, forming.low) = (forming.high.max(price), forming.low.min(price));
        }
    }

    /// The venue has told every minute from `since` to `end`, of which it has those from `first` on.
    fn cover(&mut self, since: Timestamp, first: Timestamp, end: Timestamp) {
        self.minutes = Some(match self.minutes {
            Some((begin, known)) if since <= known => (begin, known.max(end)),
            _ => (first, end),
        });
    }
}

/// The minute after the one into which `time` falls.
fn minute_after(time: Timestamp) -> Timestamp {
    Timeframe::M1.open_of(time).saturating_add(Timeframe::M1.duration())
}

/// When the candle opened into which the last moment before `from` falls.
fn joint(timeframe: Timeframe, from: Timestamp) -> Timestamp {
    timeframe.open_of(Timestamp::from_nanos(from.as_nanos().saturating_sub(1)))
}
