//! Accounts of messages: each is taken, or counted under its reason; one small recording per fault.

use std::sync::Arc;

use di_core::lifecycle::Application;
use di_core::prelude::*;
use serde_json::Value;
use trading_services::app::{TradingApp, TradingAppInputs};
use trading_services::engine::Speed;
use trading_services::ports::IMetricsService;

use crate::common;

/// The beginning of all recordings here: 2024-06-01T00:00:00Z.
const START: u64 = 1_717_200_000_000;

/// A line that is received so many milliseconds after the start.
pub(crate) fn line(millis: u64, message: &str) -> String {
    format!("{} {message}\n", (START + millis) * 1_000_000)
}

pub(crate) fn trade(millis: u64, id: u64, price: &str, quantity: &str) -> String {
    let time = START + millis;
    let body = format!(
        r#"{{"e":"trade","E":{time},"s":"XYZUSDT","t":{id},"p":"{price}","q":"{quantity}","T":{time},"m":false}}"#
    );
    line(millis, &body)
}

pub(crate) fn ticker(millis: u64, update: u64, bid: &str, ask: &str) -> String {
    line(millis, &format!(r#"{{"u":{update},"s":"XYZUSDT","b":"{bid}","B":"1","a":"{ask}","A":"1"}}"#))
}

pub(crate) fn snapshot(millis: u64, update: u64, bid: &str, ask: &str) -> String {
    line(millis, &format!(r#"{{"lastUpdateId":{update},"bids":[["{bid}","1"]],"asks":[["{ask}","1"]]}}"#))
}

pub(crate) fn diff(millis: u64, numbers: &str, bid: &str, quantity: &str) -> String {
    let time = START + millis;
    let body =
        format!(r#"{{"e":"depthUpdate","E":{time},"s":"XYZUSDT",{numbers},"b":[["{bid}","{quantity}"]],"a":[]}}"#);
    line(millis, &body)
}

pub(crate) struct Played {
    pub(crate) summary: Value,
    pub(crate) stdout: String,
    stderr: String,
    pub(crate) log: String,
}

impl Played {
    pub(crate) fn figure(&self, key: &str) -> u64 {
        self.summary[key].as_u64().unwrap()
    }

    /// How many messages were not taken for that reason.
    fn refused(&self, reason: &str) -> u64 {
        self.summary["not_taken"][reason].as_u64().unwrap_or(0)
    }

    /// The last top of the book in the log, as `bid ask`.
    fn top(&self) -> Option<String> {
        let line = self.log.lines().rfind(|line| line.split(' ').nth(1) == Some("top"))?;
        let words: Vec<_> = line.split(' ').collect();
        Some(format!("{} {}", words[3], words[5]))
    }

    pub(crate) fn candles(&self, timeframe: &str) -> Vec<String> {
        let of_frame = format!(" {timeframe} ");
        let lines = self.log.lines().filter(|line| line.contains(" candle ") && line.contains(&of_frame));
        // Without the number of the message that closed it.
        let lines = lines.map(|line| line.rsplit_once(" #").unwrap().0);
        lines.map(|line| line.split(' ').skip(5).collect::<Vec<_>>().join(" ")).collect()
    }

    pub(crate) fn alerts(&self, rule: &str) -> usize {
        self.log.lines().filter(|line| line.contains(" alert ") && line.contains(&format!(" {rule} "))).count()
    }
}

/// Plays the lines; the run must end well.
pub(crate) fn play(lines: &[String], arguments: &[&str]) -> Played {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(path("play.rec"), lines.concat()).unwrap();
    let (summary, log) = (path("summary.json"), path("events.log"));
    let mut command = common::binary(&["--replay", &path("play.rec"), "--summary", &summary, "--log", &log]);
    let (code, stdout, stderr) = common::said(&command.args(arguments).output().unwrap());
    assert_eq!(code, 0, "{stderr}");
    assert!(!stdout.contains('\u{1b}') && !stderr.contains('\u{1b}'), "nothing that a terminal would obey");
    let summary = serde_json::from_slice(&std::fs::read(summary).unwrap()).unwrap();
    Played { summary, stdout, stderr, log: std::fs::read_to_string(log).unwrap() }
}

#[test]
fn a_change_that_names_the_one_before_it_is_chained_by_that() {
    let played = play(
        &[
            ticker(0, 40, "9", "11"),
            snapshot(1, 50, "9", "11"),
            diff(2, r#""U":45,"u":60,"pu":44"#, "10", "2"),
            diff(3, r#""U":70,"u":80,"pu":60"#, "10", "0"),
            ticker(4, 80, "9", "11"),
        ],
        &[],
    );
    assert_eq!((played.figure("gaps"), played.figure("book_top_checks")), (0, 1));
    assert_eq!((played.figure("book_top_mismatches"), played.top().unwrap().as_str()), (0, "9 11"));
}

#[test]
fn a_book_that_never_had_a_snapshot_is_counted_and_told_once_and_nothing_is_called_in_order() {
    let played = play(&[diff(0, r#""U":5,"u":6"#, "10", "1"), diff(20_000, r#""U":7,"u":7"#, "10", "2")], &[]);
    assert_eq!((played.figure("books_waiting"), played.alerts("no-book"), played.top()), (1, 1, None));
    assert!(played.stdout.contains("no top could be compared, 0 crossed, 1 waiting"), "{}", played.stdout);
}

#[test]
fn a_gap_without_a_snapshot_leaves_no_price_and_is_told() {
    let played = play(
        &[
            ticker(0, 1, "9", "11"),
            snapshot(1, 10, "9", "11"),
            diff(2, r#""U":20,"u":21"#, "8", "1"),
            ticker(3, 21, "9", "11"),
        ],
        &[],
    );
    assert_eq!((played.figure("gaps"), played.figure("resyncs"), played.figure("books_waiting")), (1, 0, 1));
    assert_eq!((played.alerts("gap"), played.alerts("no-book"), played.figure("book_top_checks")), (1, 1, 0));
}

#[test]
fn a_gap_among_changes_that_wait_is_told_and_costs_none_of_those_after_it() {
    let change = |millis, id: u64, bid| diff(millis, &format!(r#""U":{id},"u":{id}"#), bid, "1");
    let played = play(
        &[
            change(0, 1, "9.1"),
            change(1, 2, "9.2"),
            change(2, 4, "9.4"),
            change(3, 5, "9.5"),
            change(4, 6, "9.6"),
            snapshot(5, 1, "9", "11"),
            snapshot(6, 4, "9", "11"),
            change(7, 7, "9.7"),
        ],
        &[],
    );
    assert_eq!((played.figure("gaps"), played.figure("resyncs"), played.alerts("gap")), (1, 1, 1));
    assert_eq!((played.figure("books_waiting"), played.top().unwrap().as_str()), (0, "9.7 11"));
    assert_eq!(played.figure("diffs_dropped"), 2, "the first by the first snapshot, the fourth by the second");
}

#[test]
fn a_snapshot_after_which_the_book_is_crossed_has_healed_nothing() {
    let played = play(
        &[
            ticker(0, 1, "9", "11"),
            snapshot(1, 10, "9", "11"),
            diff(2, r#""U":20,"u":21"#, "12", "1"),
            snapshot(3, 19, "9", "11"),
        ],
        &[],
    );
    assert_eq!((played.figure("gaps"), played.figure("crossed_books"), played.figure("resyncs")), (1, 1, 0));
    assert_eq!(played.figure("books_waiting"), 1);
}

#[test]
fn a_book_whose_connection_is_lost_waits_from_then_on() {
    let lost = r#"{"connection":"lost","reason":"it was closed","symbols":["XYZUSDT"]}"#;
    let lines = [ticker(0, 1, "9", "11"), snapshot(1, 10, "9", "11"), line(2, lost), ticker(30_000, 12, "9", "11")];
    let played = play(&lines, &[]);
    assert_eq!((played.figure("books_waiting"), played.alerts("no-book")), (1, 1));
}

#[test]
fn a_first_book_that_names_no_symbol_is_dropped_when_the_first_price_shows_that_it_is_of_another() {
    let chosen = ["--symbol", "XYZUSDT"];
    let change = |millis, id: u64| diff(millis, &format!(r#""U":{id},"u":{id}"#), "99.5", "1");
    for price in [ticker(1, 9, "99", "101"), trade(1, 1, "100", "1")] {
        let lines = [snapshot(0, 500, "9", "11"), price, change(2, 11), snapshot(3, 10, "99", "101"), change(4, 12)];
        let played = play(&lines, &chosen);
        assert_eq!((played.refused("doubtful"), played.alerts("foreign-book")), (1, 1));
        assert_eq!((played.top().unwrap().as_str(), played.figure("books_waiting")), ("99.5 101", 0));
    }
    let played = play(&[snapshot(0, 10, "99", "101"), ticker(1, 9, "98", "102"), change(2, 11)], &chosen);
    assert_eq!((played.figure("rejected"), played.top().unwrap().as_str()), (0, "99.5 101"));
}

#[test]
fn the_console_shows_twenty_instruments_and_says_how_many_more_there_are() {
    let lines: Vec<_> = (0..25).map(|i| ticker(i, 1, "11", "9").replace("XYZUSDT", &format!("X{i:02}USDT"))).collect();
    let shown = |played: &Played| played.stdout.lines().filter(|line| line.contains("USDT: 1 doubtful")).count();
    let (many, few) = (play(&lines, &[]), play(&lines[..20], &[]));
    assert_eq!((shown(&many), shown(&few)), (20, 20), "{}", many.stdout);
    assert!(many.stdout.contains("and messages of 5 more instruments") && !few.stdout.contains("more instruments"));
}

#[test]
fn a_message_that_says_nothing_is_counted() {
    let lines = [ticker(0, 1, "9", "11"), line(1, "[]"), line(2, r#"{"stream":"x","data":[]}"#)];
    let played = play(&lines, &[]);
    assert_eq!((played.figure("events"), played.figure("others"), played.figure("rejected")), (3, 2, 0));
}

#[test]
fn changes_that_were_dropped_because_too_many_waited_are_rejected_messages() {
    let lines: Vec<_> = (1..=10_003).map(|id| diff(id, &format!(r#""U":{id},"u":{id}"#), "9", "1")).collect();
    let played = play(&lines, &[]);
    assert_eq!((played.refused("out_of_sequence"), played.figure("rejected")), (3, 3));
}

#[test]
fn messages_of_other_symbols_are_left_out_and_said() {
    let lines = [ticker(0, 1, "9", "11"), ticker(1, 1, "9", "11").replace("XYZUSDT", "ABCUSDT")];
    let (one, all) = (play(&lines, &["--symbol", "XYZUSDT"]), play(&lines, &[]));
    assert_eq!((one.figure("events"), all.figure("events")), (1, 2));
    let said = "1 messages are left out: they are of other symbols than those of `exchange.symbols`";
    assert!(one.stderr.contains(said) && !all.stderr.contains("left out"), "{}", one.stderr);
}

#[test]
fn the_book_of_another_symbol_is_refused() {
    let other = |text: String| text.replace("XYZUSDT", "ABCUSDT");
    let lines = [
        ticker(0, 1, "99", "101"),
        other(ticker(1, 1, "3", "4")),
        snapshot(2, 5, "3", "4"),
        snapshot(3, 6, "99", "101"),
    ];
    let played = play(&lines, &["--symbol", "XYZUSDT"]);
    assert_eq!((played.refused("unknown_instrument"), played.top()), (2, None));
    // Also when the other symbol has not been named yet: its prices say that it is not this one.
    let played = play(&[ticker(0, 1, "99", "101"), snapshot(1, 5, "3", "4"), snapshot(2, 6, "99", "101")], &[]);
    assert_eq!((played.refused("doubtful"), played.top().unwrap().as_str()), (1, "99 101"));
}

#[test]
fn numbers_that_begin_again_are_noticed_and_the_new_book_holds() {
    let played = play(
        &[
            ticker(0, 400, "99", "101"),
            snapshot(1, 500, "99", "101"),
            diff(2, r#""U":501,"u":502"#, "99", "2"),
            snapshot(3, 3, "60", "61"),
            diff(4, r#""U":4,"u":5"#, "59", "2"),
            ticker(5, 5, "60", "61"),
        ],
        &[],
    );
    assert_eq!((played.figure("gaps"), played.figure("resyncs"), played.refused("late")), (1, 1, 1));
    assert_eq!(played.top().unwrap(), "60 61");
}

#[test]
fn a_trade_of_the_future_is_in_no_candle_and_changes_nothing_for_the_others() {
    let minutes = |with_future: bool| {
        let mut lines: Vec<_> = (0..6).map(|minute| trade(minute * 60_000, minute, "100", "1")).collect();
        if with_future {
            let day = trade(86_400_000, 90, "200", "5").split_once(' ').unwrap().1.to_owned();
            lines.insert(3, line(150_000, day.trim_end()));
        }
        play(&lines, &[])
    };
    let (with, without) = (minutes(true), minutes(false));
    assert_eq!((with.refused("ahead_of_time"), without.refused("ahead_of_time")), (1, 0));
    assert_eq!(with.candles("1m"), without.candles("1m"));
    assert_eq!(without.candles("1m").len(), 5);
}

#[test]
fn a_late_trade_is_in_no_candle_of_any_length() {
    let late = trade(30_000, 99, "500", "7").split_once(' ').unwrap().1.trim_end().to_owned();
    let lines: Vec<_> =
        [trade(0, 1, "100", "1"), trade(61_000, 2, "100", "1"), line(62_000, &late), trade(301_000, 3, "100", "1")]
            .into();
    let played = play(&lines, &[]);
    assert_eq!((played.refused("late"), played.figure("late_trades")), (1, 1));
    let five = &played.candles("5m")[0];
    assert!(five.ends_with("100 100 100 100 2 2"), "two trades, volume 2: {five}");
}

#[test]
fn a_repeated_trade_counts_once() {
    let played = play(
        &[
            trade(0, 1, "100", "1"),
            trade(1_000, 2, "101", "2"),
            trade(1_500, 2, "101", "2"),
            trade(1_600, 1, "100", "1"),
            trade(61_000, 3, "100", "1"),
        ],
        &[],
    );
    assert_eq!(played.refused("duplicate"), 2);
    assert!(played.candles("1m")[0].ends_with("100 101 100 101 3 2"), "{:?}", played.candles("1m"));
}

#[test]
fn prices_that_bounce_between_two_levels_are_all_in_the_candle() {
    let prices = ["100", "130"];
    let mut lines: Vec<_> = (0..40).map(|i| trade(i * 1_000, i, prices[i as usize % 2], "1")).collect();
    lines.push(trade(61_000, 99, "100", "1"));
    let played = play(&lines, &[]);
    assert!(played.candles("1m")[0].ends_with("100 130 100 130 40 40"), "{:?}", played.candles("1m"));
}

#[test]
fn one_receive_time_that_is_out_of_line_holds_no_cool_down() {
    let lines = |with_jump: bool| -> Vec<String> {
        let mut lines: Vec<_> = (0..300).map(|i| trade(i * 1_000, i, &(100 + i % 30).to_string(), "1")).collect();
        if with_jump {
            let jump = lines[1].split_once(' ').unwrap().1.to_owned();
            lines[1] = line(86_400_000 * 900, jump.trim_end());
        }
        lines
    };
    let (with, without) = (play(&lines(true), &[]), play(&lines(false), &[]));
    assert_eq!((with.figure("time_jumps"), without.figure("time_jumps")), (1, 0));
    assert_eq!((with.alerts("time-jump"), with.alerts("price-move")), (1, without.alerts("price-move")));
    assert!(without.alerts("price-move") > 3);
}

/// A trade that is received, by a clock that is wrong, so many days late.
fn received_late(days: u64, trade: &str) -> String {
    let (received, message) = trade.split_once(' ').unwrap();
    let received: u64 = received.parse().unwrap();
    format!("{} {message}", received + days * 86_400_000_000_000)
}

#[test]
fn a_clock_that_is_wrong_from_the_first_message_on_does_not_move_the_time() {
    let lines: Vec<_> = (0..10).map(|i| received_late(900, &trade(i * 1_000, i, "100", "1"))).collect();
    let played = play(&lines, &[]);
    assert_eq!((played.figure("time_jumps"), played.alerts("time-jump")), (10, 1));
    assert_eq!((played.figure("event_time_ms"), played.figure("rejected")), (9_000, 0), "the venue's time goes on");
    assert!(played.log.lines().all(|line| line.starts_with("171720000")), "{}", played.log);
}

#[test]
fn a_first_receive_time_that_is_half_an_hour_ahead_does_not_stop_the_time_until_then() {
    let mut lines: Vec<_> = (0..40).map(|i| trade(i * 60_000, i, "100", "1")).collect();
    let (_, message) = lines[0].split_once(' ').unwrap();
    lines[0] = line(1_800_000, message.trim_end());
    let played = play(&lines, &[]);
    assert_eq!((played.figure("time_jumps"), played.alerts("time-jump")), (1, 1));
    assert_eq!((played.figure("event_time_ms"), played.candles("1m").len()), (39 * 60_000, 39));
}

#[test]
fn a_first_message_without_a_time_of_the_venue_is_bounded_by_the_next_that_has_one() {
    let first = received_late(900, &ticker(0, 1, "99", "101"));
    let played = play(&[first, trade(1_000, 1, "100", "1"), trade(62_000, 2, "100", "1")], &[]);
    assert_eq!((played.figure("time_jumps"), played.alerts("time-jump")), (1, 1));
    assert_eq!((played.figure("event_time_ms"), played.candles("1m").len()), (61_000, 1));
}

#[test]
fn a_clock_that_jumps_ahead_and_stays_there_or_back_is_named_and_the_venues_time_goes_on() {
    let lines: Vec<_> = (0..20).map(|i| trade(i * 1_000, i, "100", "1")).collect();
    let mut ahead = lines;
    ahead.iter_mut().skip(10).for_each(|line| *line = received_late(900, line));
    let played = play(&ahead, &[]);
    assert_eq!((played.figure("time_jumps"), played.figure("event_time_ms")), (10, 19_000));
    // From the tenth on they are received, by a clock that was set back, 200 seconds before they happen.
    let back: Vec<_> = (0..20)
        .map(|i| {
            let trade = trade(i * 1_000 + 200_000, i, "100", "1");
            let received = if i < 10 { i * 1_000 + 200_000 } else { i * 1_000 };
            line(received, trade.trim_end().split_once(' ').unwrap().1)
        })
        .collect();
    let played = play(&back, &[]);
    assert_eq!((played.figure("time_jumps"), played.alerts("time-jump")), (10, 1));
    assert_eq!((played.figure("event_time_ms"), played.figure("rejected")), (19_000, 0));
}

#[test]
fn what_the_venue_documents_is_understood_and_the_rest_is_counted_by_kind() {
    let understood = [
        r#"{"e":"aggTrade","E":1,"s":"AGGUSDT","a":1,"p":"100","q":"1","f":1,"l":1,"T":1717200000000,"m":true}"#,
        r#"{"e":"kline","E":1717200000000,"s":"XYZUSDT","k":{"t":1717200000000,"T":1717200059999,"o":"1","c":"1","h":"2","l":"1","v":"5","n":3,"x":false}}"#,
        r#"{"stream":"xyzusdt@depth5@100ms","data":{"lastUpdateId":5,"bids":[["99","1"]],"asks":[["101","1"]]}}"#,
        r#"{"result":null,"id":"abc-1"}"#,
        r#"{"result":null,"id":null}"#,
        r#"{"stream":"x","data":{"e":"serverShutdown","E":1}}"#,
        r#"[{"e":"24hrMiniTicker","E":1,"s":"XYZUSDT","c":"1","o":"1","h":"2","l":"1","v":"5","q":"6"}]"#,
        r#"{"u":5,"s":"XYZUSDT","b":"0.00000000","B":"0.00000000","a":"101.0","A":"2.0"}"#,
        r#"{"e":"trade","E":1,"s":"币安人生USDT","t":1,"p":"100","q":"1","T":1717200000000,"m":false}"#,
        r#"{"e":"trade","E":1,"s":"DOGE/USDT:USDT","t":1,"p":"1e-8","q":"1","T":1717200000000,"m":false}"#,
        r#"{"e":"trade","E":1,"s":"BTC\/USDT","t":1,"p":"0.000000000000000123","q":"123456789.123456789012345678","T":1717200000000,"m":true}"#,
    ];
    let lines: Vec<_> = understood.iter().enumerate().map(|(i, text)| line(i as u64, text)).collect();
    let played = play(&lines, &["--strict"]);
    assert_eq!((played.figure("rejected"), played.figure("events")), (0, understood.len() as u64));
    assert!(played.log.contains("trade binance:BTC/USDT 1 0.000000000000000123 123456789.123456789012345678 sell"));

    let refused = [
        r#"{"e":"listStatus"}"#,
        r#"{"e":"listStatus"}"#,
        r#"{"e":"kline","E":1,"s":"XYZUSDT","k":{}}"#,
        r#"{"e":"trade","E":1,"s":"XYZUSDT","t":1,"p":"1","q":"999999999999999999999.1234567890","T":1717200000000,"m":false}"#,
        "\u{1b}[31mRED\u{1b}]0;pwned\u{7}",
    ];
    let mut lines: Vec<_> = refused.iter().map(|text| line(0, text)).collect();
    lines.push(trade(1, 1, "1", "1"));
    let played = play(&lines, &[]);
    assert_eq!((played.refused("unknown_kind"), played.refused("unreadable"), played.figure("trades")), (2, 3, 1));
    assert_eq!(played.summary["unknown_kinds"]["listStatus"], 2);
    assert_eq!(played.summary["not_taken_by"]["binance:*"]["unreadable"], 3);
    assert!(played.stdout.contains("5 messages: 2 unknown kind, 3 unreadable (not understood: "), "{}", played.stdout);
}

#[test]
fn an_empty_recording_and_one_of_empty_lines_are_errors() {
    let directory = tempfile::tempdir().unwrap();
    for content in ["", "\n\n"] {
        let file = directory.path().join("empty.rec");
        std::fs::write(&file, content).unwrap();
        let error = common::fails(&["--replay", file.to_str().unwrap()]);
        assert!(error.contains("empty.rec: expected a recording, found nothing to read"), "{error}");
    }
}

#[cfg(unix)]
#[test]
fn a_pipe_is_a_recording_too() {
    use std::io::Write;
    use std::process::Stdio;

    let mut command = common::binary(&["--replay", "/dev/stdin"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let lines: String = (0..50).map(|i| trade(i * 100, i, "100", "1")).collect();
    child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    let (code, stdout, stderr) = common::said(&child.wait_with_output().unwrap());
    assert_eq!(code, 0, "{stderr}");
    assert!(stdout.contains("  events      50 (50 trades"), "{stdout}");
}

#[tokio::test]
async fn what_is_not_taken_is_in_the_metrics_by_venue_instrument_and_reason() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("play.rec");
    let of = |name: &str, line: String| line.replace("XYZUSDT", name);
    let lines = [
        of("ODDUSDT", trade(0, 1, "100", "1")),
        of("ODDUSDT", trade(1, 1, "100", "1")),
        of("ODDUSDT", trade(2, 1, "100", "1")),
        of("EVENUSDT", trade(3, 1, "100", "0")),
        line(4, r#"{"e":"listStatus","E":1}"#),
    ];
    std::fs::write(&file, lines.concat()).unwrap();
    let mut settings = common::settings();
    (settings.exchange.order, settings.replay.file) = (vec!["replay".to_owned()], Some(file));
    settings.run.speed = Speed::Max;
    let app = TradingApp::build(TradingAppInputs { settings: Arc::new(settings) }).unwrap();
    let summary = common::play(Application::of(&app), app.get()).await;
    assert_eq!(summary.rejected, 4);
    let metrics = app.get::<dyn IMetricsService>().snapshot();
    for (instrument, reason, count) in
        [("binance:ODDUSDT", "duplicate", 2), ("binance:*", "unreadable", 1), ("binance:*", "unknown_kind", 1)]
    {
        let expected = format!(
            "trading_not_taken_total{{venue=\"binance\",instrument=\"{instrument}\",reason=\"{reason}\"}} {count}\n"
        );
        assert!(metrics.contains(&expected), "expected `{expected}` in: {metrics}");
    }
}
