//! Recordings, files of trades and candles, and settings with faults put in at random: no panic, no hang, and every line is in
//! a counter.
//!
//! `MUTATIONS=100000 cargo test -p trading-services --test platform mutations` runs longer; a failure prints the seed, and
//! `MUTATIONS_SEED` begins there.

use std::io::Write;
use std::sync::Arc;
use std::time::{Duration, Instant};

use di_core::lifecycle::Application;
use di_core::prelude::*;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use trading_services::app::{TradingApp, TradingAppInputs};
use trading_services::config::{Overrides, load};
use trading_services::data::{Markets, Settings, build_candles, read_candles};
use trading_services::engine::{EventLoop, Speed};
use trading_services::model::Timeframe;
use trading_services::venues::replay::{RecordingError, RecordingReader};

use crate::{common, recordings};

fn variable(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// Runs `check` with random numbers that are told when it fails.
fn each(usual: u64, check: impl Fn(&mut ChaCha8Rng)) {
    let first = variable("MUTATIONS_SEED").unwrap_or(0);
    for seed in first..first + variable("MUTATIONS").unwrap_or(usual) {
        let done =
            std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| check(&mut ChaCha8Rng::seed_from_u64(seed))));
        assert!(done.is_ok(), "it failed with MUTATIONS_SEED={seed}");
    }
}

fn below(rng: &mut ChaCha8Rng, n: usize) -> usize {
    usize::try_from(rng.next_u64() % n.max(1) as u64).unwrap()
}

/// Puts one to five faults into the text, as a network, a disk or an editor would.
fn mutate(rng: &mut ChaCha8Rng, text: &mut Vec<u8>) {
    const NUMBERS: [&str; 10] = [
        "0",
        "-1",
        "1e-8",
        "1e400",
        "18446744073709551616",
        "99999999999999999999999999999",
        "NaN",
        "null",
        "\"\"",
        "[]",
    ];
    for _ in 0..=below(rng, 5) {
        if text.is_empty() {
            return;
        }
        let at = below(rng, text.len());
        match below(rng, 8) {
            0 => text[at] = rng.next_u32().to_le_bytes()[0],
            1 => drop(text.remove(at)),
            2 => text.insert(at, b"\"{}[],:.\n \0\x1b\xff"[below(rng, 13)]),
            3 => text.truncate(at),
            4 => {
                // A line again, at another place.
                let mut lines: Vec<Vec<u8>> = text.split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
                let (from, to) = (below(rng, lines.len()), below(rng, lines.len()));
                let line = lines[from].clone();
                lines.insert(to, line);
                *text = lines.join(&b'\n');
            }
            5 => {
                let mut lines: Vec<&[u8]> = text.split(|byte| *byte == b'\n').collect();
                let (from, to) = (below(rng, lines.len()), below(rng, lines.len()));
                lines.swap(from, to);
                *text = lines.join(&b'\n');
            }
            _ => {
                // A number becomes another.
                let is_digit = |byte: &u8| byte.is_ascii_digit();
                if let Some(start) = text[at..].iter().position(is_digit).map(|found| at + found) {
                    let end =
                        text[start..].iter().position(|byte| !is_digit(byte)).map_or(text.len(), |found| start + found);
                    text.splice(start..end, NUMBERS[below(rng, NUMBERS.len())].bytes());
                }
            }
        }
    }
}

fn file(content: &[u8]) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(content).unwrap();
    file
}

/// No file takes longer, on however slow a machine.
const PATIENCE: Duration = Duration::from_secs(20);

/// The lines that say something, up to the one with that number, from 1; a header says nothing of the market.
fn messages(text: &[u8], end: usize) -> u64 {
    let lines = text.split(|byte| *byte == b'\n').take(end);
    let is_header = |(number, line): &(usize, &[u8])| *number == 0 && line.starts_with(br#"{"recording":"#);
    let is_blank = |line: &[u8]| String::from_utf8_lossy(line).trim().is_empty();
    lines.enumerate().filter(|line| !is_header(line) && !is_blank(line.1)).count() as u64
}

#[test]
fn recordings_without_faults_are_understood_to_the_last_line() {
    for (name, text) in recordings::all() {
        let file = file(&text);
        let mut reader = RecordingReader::open(file.path(), None).unwrap();
        let mut markets = Markets::new(&Settings::default(), &Timeframe::ALL);
        while let Some(event) = reader.next_event().unwrap() {
            // The last line of the first has a kind that does not exist, and a trade of 1970.
            let is_known = markets.ingest(&event).is_ok() || name == "binance";
            assert!(is_known, "{name}: {event:?}");
        }
        assert!(markets.counters.events >= messages(&text, usize::MAX), "{name}");
    }
}

#[test]
fn every_line_of_a_recording_with_faults_is_in_a_counter() {
    each(400, |rng| {
        for (_, mut text) in recordings::all() {
            mutate(rng, &mut text);
            let (file, began) = (file(&text), Instant::now());
            let mut reader = RecordingReader::open(file.path(), None).unwrap();
            let mut markets = Markets::new(&Settings::default(), &Timeframe::ALL);
            let mut read = 0;
            let end = loop {
                match reader.next_event() {
                    Ok(Some(event)) => {
                        read += 1;
                        let _ = markets.ingest(&event);
                    }
                    Ok(None) => break usize::MAX,
                    Err(RecordingError::Line { line, .. } | RecordingError::Cut { line, .. }) => {
                        break usize::try_from(line - 1).unwrap();
                    }
                    Err(error) => panic!("{error}"),
                }
            };
            assert!(read >= messages(&text, end), "{read} events of more lines than that");
            let counters = markets.counters;
            let (mut taken, mut rejected) = (0, 0);
            for account in markets.accounts() {
                taken += account.taken;
                rejected += account.rejections.total();
            }
            assert_eq!((taken + rejected, rejected), (read, counters.rejected), "each message is in one account");
            assert_eq!(counters.events, read);
            for (instrument, book) in markets.books() {
                assert!(!book.top().is_crossed(), "{instrument}");
            }
            assert!(began.elapsed() < PATIENCE, "{:?}", began.elapsed());
        }
    });
}

#[test]
fn a_platform_that_reads_a_recording_with_faults_ends_in_time_and_has_every_line_in_a_counter() {
    each(10, |rng| {
        for (_, mut text) in recordings::all() {
            mutate(rng, &mut text);
            let file = file(&text);
            let mut settings = common::settings();
            (settings.exchange.order, settings.run.speed) = (vec!["replay".to_owned()], Speed::Max);
            (settings.exchange.symbols, settings.replay.file) = (Vec::new(), Some(file.path().to_owned()));
            let app = TradingApp::build(TradingAppInputs { settings: Arc::new(settings) }).unwrap();
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            let outcome = runtime.block_on(async {
                let application = Application::of(&app);
                let run = async {
                    application.start().await.map_err(|error| error.to_string())?;
                    application.finished().await.map(drop).map_err(|error| error.to_string())
                };
                tokio::time::timeout(PATIENCE, run).await.expect("it ends in time")
            });
            // What cannot be opened at all has no summary.
            let Some(summary) = app.get::<EventLoop>().summary() else {
                assert!(outcome.is_err());
                continue;
            };
            assert_eq!(summary.rejected, summary.not_taken.total());
            let lines = if outcome.is_ok() { messages(&text, usize::MAX) } else { 0 };
            assert!(summary.events >= lines, "{} events of {lines} lines: {outcome:?}", summary.events);
        }
    });
}

#[test]
fn a_file_of_candles_with_faults_gives_candles_in_their_order_or_an_error_with_its_line() {
    let mut whole = "timestamp,open,high,low,close,volume\n".to_owned();
    for i in 0..40_u64 {
        whole.push_str(&format!("{},100.{i},102,99,101,1.5\n", 1_717_200_000_000 + i * 60_000));
    }
    each(300, |rng| {
        let mut text = whole.clone().into_bytes();
        mutate(rng, &mut text);
        let candles = file(&text);
        match read_candles(candles.path()) {
            Ok(found) => {
                let candles = found.rows;
                assert!(candles.is_sorted_by(|one, next| one.open_time < next.open_time));
                assert!(candles.iter().all(|candle| candle.low <= candle.open && candle.open <= candle.high));
            }
            Err(error) => assert!(error.to_string().contains(&format!("{}:", candles.path().display())), "{error}"),
        }
    });
}

#[test]
fn a_file_of_trades_with_faults_gives_candles_or_an_error_with_its_line() {
    let mut whole = "timestamp,id,price,amount\n".to_owned();
    for i in 0..40_u64 {
        whole.push_str(&format!("{},{i},100.{i},1.5\n", 1_717_200_000_000 + i * 9_000));
    }
    each(300, |rng| {
        let mut text = whole.clone().into_bytes();
        mutate(rng, &mut text);
        let (trades, folder) = (file(&text), tempfile::tempdir().unwrap());
        let out = folder.path().join("out.csv");
        let (report, result) = build_candles(trades.path(), Timeframe::M1, &out);
        match result {
            Ok(()) => assert!(report.trades > 0 && out.exists()),
            Err(error) => assert!(error.to_string().contains(&format!("{}:", trades.path().display())), "{error}"),
        }
    });
}

#[test]
fn settings_with_faults_are_taken_or_refused_with_the_place() {
    let whole = toml::to_string(&trading_services::config::Settings::default()).unwrap();
    each(300, |rng| {
        let mut text = whole.clone().into_bytes();
        mutate(rng, &mut text);
        let file = file(&text);
        if let Err(error) = load(Some(file.path()), &Overrides::default()) {
            assert!(error.to_string().contains(&file.path().display().to_string()), "{error}");
        }
    });
}
