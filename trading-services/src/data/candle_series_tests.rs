//! Candles of trades and of the venue, joined: against the candles of all trades.

use std::collections::BTreeMap;

use super::candle_series::CandleSeries;
use super::{CandleBuilder, Markets, Settings};
use crate::model::{
    Candle, CandleHistory, CandleUpdate, EventKind, InstrumentId, MarketEvent, Side, Timeframe, Timestamp, Trade,
};
use crate::ports::Ingested;

const MINUTE: u64 = 60;
const FRAMES: [Timeframe; 4] = [Timeframe::M1, Timeframe::M5, Timeframe::M30, Timeframe::H4];

/// A day on which trades come every `step` seconds, from midnight on.
fn trades(step: u64, until: u64) -> Vec<Trade> {
    let trade = |second: u64| Trade {
        id: second.into(),
        price: format!("{}.{}", 100 + second % 7, second % 10).parse().unwrap(),
        quantity: format!("0.{}", 1 + second % 9).parse().unwrap(),
        side: Side::Buy,
        time: at(second),
        aggregated: false,
    };
    (0..until).step_by(usize::try_from(step).unwrap()).map(|second| trade(second + 1)).collect()
}

fn at(second: u64) -> Timestamp {
    Timestamp::from_nanos((86_400 * 20_000 + second) * 1_000_000_000)
}

/// The closed candles of all trades, and the one that forms.
fn whole(trades: &[Trade], timeframe: Timeframe) -> (Vec<Candle>, Candle) {
    let mut builder = CandleBuilder::new(timeframe);
    let push = |trade: &Trade| builder.push(trade.time, trade.price, trade.quantity, false).unwrap();
    let closed = trades.iter().flat_map(push).collect();
    (closed, builder.finish().unwrap())
}

/// What a venue that knows the trades answers at `second`.
fn answer(trades: &[Trade], timeframe: Timeframe, since: u64, second: u64) -> CandleHistory {
    let known: Vec<_> = trades.iter().filter(|trade| trade.time < at(second)).cloned().collect();
    let (mut candles, forming) = whole(&known, timeframe);
    let (mut next, close) = (forming.open_time.saturating_add(timeframe.duration()), forming.close);
    candles.push(forming);
    while next < at(second) {
        candles.push(Candle::flat(next, close));
        next = next.saturating_add(timeframe.duration());
    }
    candles.retain(|candle| candle.open_time >= at(since));
    CandleHistory { timeframe, since: at(since), time: at(second), candles }
}

struct Joined {
    series: CandleSeries,
    /// What was told as closed, in its order, and what was told of before.
    closed: BTreeMap<Timeframe, Vec<Candle>>,
    missing: u64,
}

impl Joined {
    fn new() -> Self {
        let mut series = CandleSeries::new(&FRAMES);
        series.begin();
        Self { series, closed: BTreeMap::new(), missing: 0 }
    }

    fn take(&mut self, change: impl FnOnce(&mut CandleSeries, &mut Ingested)) {
        let mut result = Ingested::default();
        change(&mut self.series, &mut result);
        for (timeframe, candle) in result.candles {
            let closed = self.closed.entry(timeframe).or_default();
            assert!(closed.last().is_none_or(|last| last.open_time < candle.open_time), "{timeframe} {candle:?}");
            closed.push(candle);
        }
    }

    fn trade(&mut self, trade: &Trade) {
        self.series.check(trade, trade.time).unwrap();
        self.take(|series, result| series.trade(trade, 1_000, result));
    }

    fn told(&mut self, history: &CandleHistory) {
        let mut missing = 0;
        self.take(|series, result| missing = series.told(history, 1_000, result));
        self.missing += missing;
    }

    /// Everything is as if all trades had been seen.
    fn assert_is(&self, trades: &[Trade]) {
        for timeframe in FRAMES {
            let (closed, forming) = whole(trades, timeframe);
            let found = self.series.closed(timeframe, 1_000).unwrap();
            let differs = found.iter().zip(&closed).find(|(found, expected)| found != expected);
            assert_eq!((differs, found.len()), (None, closed.len()), "{timeframe}");
            assert_eq!(self.series.forming(timeframe).unwrap(), Some(forming), "{timeframe}");
        }
    }
}

/// Trades are heard from `begin` on, the venue answers at `first`, and again at the end of the minute that is not over then.
fn joined(trades: &[Trade], begin: u64, first: u64) -> Joined {
    let mut joined = Joined::new();
    let young = first.saturating_sub(2);
    let again = (first / MINUTE + 1) * MINUTE + 2;
    let mut answers = vec![(again, Timeframe::M1, young / MINUTE * MINUTE)];
    // What has ended just then is not final yet, and asked for again.
    answers.extend(FRAMES.iter().rev().map(|timeframe| {
        let length = timeframe.duration().as_secs();
        (first + 2, *timeframe, young / length * length)
    }));
    answers.extend(FRAMES.iter().rev().map(|timeframe| (first, *timeframe, 0)));
    for trade in trades.iter().filter(|trade| trade.time >= at(begin)) {
        while let Some((second, timeframe, since)) = answers.pop_if(|(second, ..)| at(*second) <= trade.time) {
            joined.told(&answer(trades, timeframe, since, second));
        }
        joined.trade(trade);
    }
    joined
}

#[test]
fn wherever_trades_begin_the_candles_are_those_of_all_trades() {
    let end = 9 * 3_600 + 47;
    let trades = trades(7, end);
    // In the middle of everything; the first second of a minute, of an hour, of four; the last second of them.
    for begin in
        [8 * 3_600 + 34 * MINUTE + 20, 8 * 3_600 + MINUTE, 8 * 3_600, 8 * 3_600 - 1, 7 * 3_600 + 59 * MINUTE + 59]
    {
        for late in [0, 1, 59, 150, 1_400] {
            let joined = joined(&trades, begin, begin + late);
            joined.assert_is(&trades);
            assert_eq!(joined.missing, 0);
        }
    }
}

#[test]
fn what_is_told_as_closed_is_whole_and_begins_with_the_minute_in_which_trades_began() {
    let trades = trades(7, 9 * 3_600);
    let begin = 8 * 3_600 + 33 * MINUTE + 20;
    let joined = joined(&trades, begin, begin + 1);
    for timeframe in FRAMES {
        let (all, _) = whole(&trades, timeframe);
        let told = joined.closed.get(&timeframe).cloned().unwrap_or_default();
        let live: Vec<_> = all.into_iter().filter(|candle| candle.open_time >= timeframe.open_of(at(begin))).collect();
        assert_eq!(told, live, "{timeframe}");
    }
}

#[test]
fn flat_candles_after_the_one_in_which_trades_began_are_told_as_closed_after_it() {
    let all = trades(400, 9 * 3_600);
    let begin = 8 * 3_600 + 31 * MINUTE;
    // The venue answers in a silence of some minutes after the first trades.
    let joined = joined(&all, begin, begin + 600);
    let first = all.iter().map(|trade| trade.time).find(|time| *time >= at(begin)).unwrap();
    let (minutes, _) = whole(&all, Timeframe::M1);
    let live: Vec<_> = minutes.into_iter().filter(|candle| candle.open_time >= Timeframe::M1.open_of(first)).collect();
    assert!(live[1].trades == 0 && live[2].trades == 0, "{live:?}");
    assert_eq!(joined.closed[&Timeframe::M1], live);
}

#[test]
fn a_candle_is_not_final_at_the_second_at_which_it_ends() {
    let trades = trades(7, 9 * 3_600);
    let begin = 8 * 3_600 + 34 * MINUTE + 58;
    let mut joined = Joined::new();
    joined.trade(trades.iter().find(|trade| trade.time >= at(begin)).unwrap());
    // The venue has not seen the last trades of the minute yet: they are under way.
    let known: Vec<_> = trades.iter().filter(|trade| trade.time < at(begin - 10)).cloned().collect();
    for timeframe in FRAMES {
        for late in [2, 3] {
            joined.told(&answer(&known, timeframe, 0, begin + late));
        }
    }
    assert_eq!(joined.closed, BTreeMap::new());
    let minute = begin / MINUTE * MINUTE;
    let fives = joined.series.closed(Timeframe::M5, 1_000).unwrap();
    assert_eq!(fives.last().unwrap().open_time, at(8 * 3_600 + 25 * MINUTE), "the one that ends is not told");
    for (timeframe, since) in [(Timeframe::M1, minute), (Timeframe::M5, minute - 4 * MINUTE)] {
        joined.told(&answer(&trades, timeframe, since, begin + 4));
    }
    let told = |timeframe: Timeframe| joined.closed[&timeframe].clone();
    assert_eq!(told(Timeframe::M1), whole(&trades, Timeframe::M1).0[8 * 60 + 34..=8 * 60 + 34]);
    assert_eq!(told(Timeframe::M5), whole(&trades, Timeframe::M5).0[8 * 12 + 6..=8 * 12 + 6]);
}

#[test]
fn until_the_beginning_is_known_nothing_is_told_of_it_and_the_next_minute_is_whole() {
    let trades = trades(7, 9 * 3_600);
    let mut joined = Joined::new();
    let begin = 8 * 3_600 + 33 * MINUTE + 20;
    for trade in trades.iter().filter(|trade| trade.time >= at(begin)) {
        joined.trade(trade);
    }
    let whole_minutes: Vec<_> = whole(&trades, Timeframe::M1).0;
    let minutes = joined.series.closed(Timeframe::M1, 1_000).unwrap();
    assert_eq!(minutes, whole_minutes[8 * 60 + 34..]);
    assert_eq!(joined.series.closed(Timeframe::M30, 1_000).unwrap(), [], "its beginning is not known");
    assert_eq!(joined.series.forming(Timeframe::H4).unwrap(), None);
}

#[test]
fn a_stream_that_is_lost_leaves_no_hole() {
    let trades = trades(7, 9 * 3_600);
    let (begin, lost, again) = (6 * 3_600 + 20, 7 * 3_600 + 10 * MINUTE + 5, 8 * 3_600 + 2 * MINUTE + 44);
    let mut joined = joined(&trades[..usize::try_from(lost / 7).unwrap()], begin, begin + 1);
    joined.take(|series, _| series.begin());
    for timeframe in FRAMES {
        joined.told(&answer(&trades, timeframe, 0, again + 1));
    }
    let mut is_told = false;
    for trade in trades.iter().filter(|trade| trade.time >= at(again)) {
        if !is_told && trade.time >= at(again + MINUTE) {
            joined.told(&answer(&trades, Timeframe::M1, again / MINUTE * MINUTE, again + MINUTE));
            is_told = true;
        }
        joined.trade(trade);
    }
    joined.assert_is(&trades);
}

#[test]
fn minutes_without_trades_are_flat_on_both_sides_of_the_beginning() {
    let all = trades(400, 9 * 3_600);
    for begin in [8 * 3_600 + 31 * MINUTE, 8 * 3_600 + 34 * MINUTE + 30] {
        for late in [0, 70, 600] {
            joined(&all, begin, begin + late).assert_is(&all);
        }
    }
}

#[test]
fn the_minute_that_forms_is_as_the_venue_says_and_closes_with_its_word() {
    let trades = trades(7, 9 * 3_600);
    let begin = 8 * 3_600 + 33 * MINUTE + 20;
    let mut joined = Joined::new();
    let (before, after): (Vec<_>, Vec<_>) = trades.iter().cloned().partition(|trade| trade.time < at(begin));
    let (minute, next): (Vec<_>, Vec<_>) = after.into_iter().partition(|trade| trade.time < at(begin + 40));
    for timeframe in FRAMES {
        joined.told(&answer(&trades, timeframe, 0, begin));
    }
    assert_eq!(joined.series.forming(Timeframe::M5).unwrap(), Some(whole(&before, Timeframe::M5).1));
    minute.iter().for_each(|trade| joined.trade(trade));
    let close = minute.last().unwrap().price;
    assert_eq!(joined.series.forming(Timeframe::H4).unwrap().unwrap().close, close, "a trade moves it at once");
    let known: Vec<_> = before.iter().chain(&minute).cloned().collect();
    let (_, candle) = whole(&known, Timeframe::M1);
    let update =
        |closed| CandleUpdate { interval: Timeframe::M1.duration(), candle: candle.clone(), closed, time: None };
    joined.take(|series, result| series.update(&update(false), 1_000, result));
    assert_eq!(joined.series.forming(Timeframe::H4).unwrap(), Some(whole(&known, Timeframe::H4).1));
    assert_eq!(joined.closed, BTreeMap::new());
    joined.trade(&next[0]);
    joined.take(|series, result| series.update(&update(true), 1_000, result));
    assert_eq!(joined.closed[&Timeframe::M1], std::slice::from_ref(&candle));
    let known: Vec<_> = known.iter().chain(&next[..1]).cloned().collect();
    joined.assert_is(&known);
    // What another one says of it changes nothing.
    joined.take(|series, result| series.update(&update(true), 1_000, result));
    joined.told(&answer(&trades, Timeframe::M1, begin / MINUTE * MINUTE, begin + 50));
    joined.assert_is(&known);
}

#[test]
fn a_hole_in_what_the_venue_tells_is_counted_once_and_is_no_trade() {
    let mut trades = trades(7, 9 * 3_600);
    let (from, to) = (8 * 3_600 + 10 * MINUTE, 8 * 3_600 + 13 * MINUTE);
    trades.retain(|trade| trade.time < at(from) || trade.time >= at(to));
    let begin = 8 * 3_600 + 33 * MINUTE + 20;
    let mut joined = Joined::new();
    let without = |mut history: CandleHistory| {
        history.candles.retain(|candle| candle.open_time < at(from) || candle.open_time >= at(to));
        history
    };
    for _ in 0..2 {
        joined.told(&without(answer(&trades, Timeframe::M1, 8 * 3_600, begin)));
        joined.told(&answer(&trades, Timeframe::H4, 0, begin));
    }
    assert_eq!(joined.missing, 3);
    let known: Vec<_> = trades.iter().filter(|trade| trade.time < at(begin)).cloned().collect();
    let (_, forming) = whole(&known, Timeframe::H4);
    assert_eq!(joined.series.forming(Timeframe::H4).unwrap(), Some(forming));
    assert_eq!(joined.series.closed(Timeframe::M1, 1_000).unwrap().len(), 30, "none is made up");
}

#[test]
fn what_is_known_is_not_missing_though_the_venue_leaves_it_out_and_a_new_beginning_counts_nothing_twice() {
    let trades = trades(7, 9 * 3_600);
    let (from, to) = (8 * 3_600 + 10 * MINUTE, 8 * 3_600 + 13 * MINUTE);
    let without = |mut history: CandleHistory, since: u64| {
        history.candles.retain(|candle| candle.open_time < at(since) || candle.open_time >= at(to));
        history
    };
    let mut joined = Joined::new();
    joined.told(&without(answer(&trades, Timeframe::M1, 7 * 3_600, to + 2), to));
    joined.take(|series, _| series.begin());
    // Three of these are known, two are not.
    let again = to + 7 * MINUTE + 20;
    joined.told(&without(answer(&trades, Timeframe::M1, 7 * 3_600, again), from));
    assert_eq!(joined.missing, 0);
    let other = |mut history: CandleHistory| {
        history.candles.retain(|candle| candle.open_time < at(again) || candle.open_time >= at(again + 2 * MINUTE));
        history
    };
    for late in [0, 200, 400] {
        joined.take(|series, _| series.begin());
        joined.told(&other(answer(&trades, Timeframe::M1, 7 * 3_600, again + 300 + late)));
    }
    assert_eq!(joined.missing, 2);
    // What was missing is told after all.
    joined.told(&answer(&trades, Timeframe::M1, 7 * 3_600, again + 900));
    assert_eq!(joined.series.closed(Timeframe::M1, 30).unwrap().len(), 30);
    assert_eq!(joined.missing, 2);
}

#[test]
fn a_day_alone_is_joined_by_lengths_that_nobody_has_asked_for() {
    let trades = trades(7, 9 * 3_600);
    let begin = 8 * 3_600 + 33 * MINUTE + 20;
    let mut series = CandleSeries::new(&[Timeframe::D1]);
    series.begin();
    // So few are kept that none would be left when the longer ones are told.
    for timeframe in [Timeframe::M1, Timeframe::M5, Timeframe::M30, Timeframe::H4] {
        let length = timeframe.duration().as_secs();
        series.told(
            &answer(&trades, timeframe, (begin / length).saturating_sub(9) * length, begin),
            1,
            &mut Ingested::default(),
        );
    }
    for trade in trades.iter().filter(|trade| trade.time >= at(begin)) {
        series.trade(trade, 1, &mut Ingested::default());
    }
    let minute = answer(&trades, Timeframe::M1, begin / MINUTE * MINUTE, begin + 42);
    assert_eq!(series.unknown(at(begin + 60)), None, "there is still time");
    assert_eq!(series.unknown(at(begin + 400)), Some(Timeframe::D1));
    series.told(&minute, 1, &mut Ingested::default());
    assert_eq!(series.unknown(at(begin + 400)), None);
    assert_eq!(series.forming(Timeframe::D1).unwrap(), Some(whole(&trades, Timeframe::D1).1));
    assert_eq!(series.closed(Timeframe::H4, 9), None);
}

#[test]
fn without_a_beginning_candles_are_of_trades_alone() {
    let trades = trades(7, 3_600);
    let mut joined = Joined { series: CandleSeries::new(&FRAMES), closed: BTreeMap::new(), missing: 0 };
    joined.told(&answer(&trades, Timeframe::M1, 0, 600));
    for trade in trades.iter().filter(|trade| trade.time >= at(1_234)) {
        joined.trade(trade);
    }
    let late: Vec<_> = trades.iter().filter(|trade| trade.time >= at(1_234)).cloned().collect();
    joined.assert_is(&late);
}

#[test]
fn a_timeframe_is_joined_without_minutes_that_are_shown_and_history_is_bounded() {
    let trades = trades(7, 3_600 + 5 * MINUTE - 7);
    let settings = Settings { timeframes: vec![Timeframe::M5], candle_history: 4, ..Settings::default() };
    let mut markets = Markets::new(&settings, &settings.timeframes);
    let instrument: InstrumentId = "bybit:BTCUSDT".parse().unwrap();
    let mut take = |received, kind| {
        let event = MarketEvent { instrument: instrument.clone(), received, kind };
        markets.ingest(&event).unwrap()
    };
    let begin = 3_600 + 90;
    take(at(begin), EventKind::TradesBegin);
    let minutes = answer(&trades, Timeframe::M1, 3_600, begin);
    assert_eq!(
        take(at(begin), EventKind::History(Box::new(minutes))),
        Ingested::default(),
        "nobody has asked for minutes"
    );
    let five = take(at(begin), EventKind::History(Box::new(answer(&trades, Timeframe::M5, 0, begin)))).history;
    let opened: Vec<_> = five.iter().flat_map(|(_, candles)| candles.iter().map(|candle| candle.open_time)).collect();
    assert!(opened.ends_with(&[at(3_300)]), "{opened:?}");
    let minute = answer(&trades, Timeframe::M1, begin / MINUTE * MINUTE, begin + 32);
    take(at(begin + 32), EventKind::History(Box::new(minute)));
    let mut closed = Vec::new();
    for trade in trades.iter().filter(|trade| trade.time >= at(begin + 30)) {
        closed.extend(take(trade.time, EventKind::Trade(trade.clone())).candles);
    }
    closed.extend(
        take(at(3_900), EventKind::Trade(Trade { id: 1.into(), time: at(3_900), ..trades[0].clone() })).candles,
    );
    let of_bar: Vec<_> = trades.iter().filter(|trade| trade.time >= at(3_600)).cloned().collect();
    assert_eq!(closed, [(Timeframe::M5, whole(&of_bar, Timeframe::M5).1)]);
}
