//! Recordings, files of trades and settings with faults put in at random: no panic, no hang, and every message is in a
//! counter.
//!
//! `MUTATIONS=100000 cargo test -p trading-services --test platform mutations` runs longer; a failure prints the seed, and
//! `MUTATIONS_SEED` begins there.

use std::io::Write;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use trading_services::config::{Overrides, load};
use trading_services::data::{Markets, Settings, build_candles};
use trading_services::model::Timeframe;
use trading_services::venues::replay::{RecordingError, RecordingReader};

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

/// A recording with everything in it that the platform understands.
fn recording() -> Vec<u8> {
    let mut text = String::new();
    let mut line = |millis: u64, message: String| {
        text.push_str(&format!("{} {message}\n", (1_717_200_000_000 + millis) * 1_000_000));
    };
    line(0, r#"{"u":9,"s":"XYZUSDT","b":"99","B":"1","a":"101","A":"1"}"#.to_owned());
    line(1, r#"{"lastUpdateId":10,"bids":[["99","1"],["98.5","2"]],"asks":[["101","1"]]}"#.to_owned());
    for i in 0..30_u64 {
        let (time, id) = (1_717_200_000_000 + i * 7_000, i + 11);
        line(
            i * 7_000 + 2,
            format!(r#"{{"e":"trade","E":{time},"s":"XYZUSDT","t":{i},"p":"100.{i}","q":"1","T":{time},"m":false}}"#),
        );
        line(
            i * 7_000 + 3,
            format!(
                r#"{{"e":"depthUpdate","E":{time},"s":"XYZUSDT","U":{id},"u":{id},"b":[["99.{i}","{i}"]],"a":[]}}"#
            ),
        );
        line(
            i * 7_000 + 4,
            format!(
                r#"{{"stream":"xyzusdt@bookTicker","data":{{"u":{id},"s":"XYZUSDT","b":"99.{i}","B":"{i}","a":"101","A":"1"}}}}"#
            ),
        );
    }
    line(300_000, r#"{"result":null,"id":1}"#.to_owned());
    line(
        300_001,
        r#"[{"e":"new"},{"e":"aggTrade","E":1,"s":"XYZUSDT","a":1,"p":"1","q":"1","T":1,"m":true}]"#.to_owned(),
    );
    text.into_bytes()
}

#[test]
fn every_message_of_a_recording_with_faults_is_in_a_counter() {
    let whole = recording();
    each(400, |rng| {
        let mut text = whole.clone();
        mutate(rng, &mut text);
        let file = file(&text);
        let mut reader = RecordingReader::open(file.path(), None).unwrap();
        let mut markets = Markets::new(&Settings::default(), &Timeframe::ALL);
        let (mut read, mut refused) = (0, 0);
        loop {
            match reader.next_event() {
                Ok(Some(event)) => {
                    read += 1;
                    refused += u64::from(markets.ingest(&event).is_err());
                }
                Ok(None) => break,
                Err(RecordingError::Line { line, .. } | RecordingError::Cut { line, .. }) => {
                    assert!(line > 0);
                    break;
                }
                Err(error) => panic!("{error}"),
            }
        }
        let counters = markets.counters;
        assert_eq!((counters.events, counters.rejected), (read, refused));
        let (mut taken, mut rejected) = (0, 0);
        for account in markets.accounts() {
            taken += account.taken;
            rejected += account.rejections.total();
        }
        assert_eq!((taken + rejected, rejected), (read, refused), "each message is in one account, under one reason");
        for (instrument, book) in markets.books() {
            assert!(!book.top().is_crossed(), "{instrument}");
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
