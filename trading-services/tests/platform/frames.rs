//! Frames that a venue really sent: the splice of its stream of changes with the book that was asked for meanwhile.

use std::io::Write;

use serde_json::Value;
use trading_services::data::{Markets, Settings};
use trading_services::model::EventKind;
use trading_services::venues::replay::RecordingReader;

use crate::common;

/// The changes, with the snapshot after the first `before` of them; how many came in, of which how many count as older
/// than the snapshot.
fn splice(before: usize) -> Option<(Markets, usize)> {
    let diffs = common::data("frames/tickvault/binance_us_depth.jsonl")?;
    let snapshot = common::data("frames/tickvault/binance_us_snapshot.json")?;
    let diffs = std::fs::read_to_string(diffs).unwrap();
    let mut lines: Vec<_> = diffs.lines().map(str::to_owned).collect();
    let count = lines.len();
    lines.insert(before, std::fs::read_to_string(snapshot).unwrap().trim().to_owned());
    let mut file = tempfile::NamedTempFile::new().unwrap();
    for (index, line) in lines.iter().enumerate() {
        writeln!(file, "{} {line}", 1_787_612_486_435_000_000 + index as u64 * 100_000_000).unwrap();
    }
    let mut reader = RecordingReader::open(file.path(), None).unwrap();
    let mut markets = Markets::new(&Settings::default(), &[]);
    while let Some(event) = reader.next_event().unwrap() {
        assert!(!matches!(event.kind, EventKind::NotTaken(_)), "{event:?}");
        let _ = markets.ingest(&event);
    }
    Some((markets, count))
}

#[test]
fn the_snapshot_joins_in_the_tenth_of_twenty_five_changes_whenever_it_comes() {
    let Some(path) = common::data("frames/tickvault/binance_us_snapshot.json") else { return };
    let snapshot: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let id = snapshot["lastUpdateId"].as_u64().unwrap();
    let diffs = std::fs::read_to_string(common::data("frames/tickvault/binance_us_depth.jsonl").unwrap()).unwrap();
    let diffs: Vec<Value> = diffs.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let first_kept = diffs.iter().position(|diff| diff["u"].as_u64().unwrap() > id).unwrap();
    assert_eq!((diffs.len(), first_kept), (25, 9), "counted from nought");
    let mut tops = Vec::new();
    for before in [1, 5, 9, 10, 24, 25] {
        let Some((markets, count)) = splice(before) else { return };
        let counters = markets.counters;
        assert_eq!((counters.diffs, counters.gaps, counters.crossed_books), (count as u64, 0, 0), "{before}");
        // What came before the snapshot waits and is dropped in silence; what comes after it and is older is counted.
        let older = u64::try_from(first_kept.saturating_sub(before)).unwrap();
        assert_eq!(counters.rejected, older, "{before}");
        let (_, book) = markets.books().next().unwrap();
        assert_eq!(book.last_update_id(), diffs[24]["u"].as_u64());
        tops.push((book.top(), book.bids().count(), book.asks().count()));
    }
    assert!(tops.windows(2).all(|pair| pair[0] == pair[1]), "the same book each time: {tops:?}");
}
