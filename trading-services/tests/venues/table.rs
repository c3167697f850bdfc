//! The table of recorded data in the documentation, against what is read of the data now.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

use flate2::read::GzDecoder;
use serde_json::Value;
use trading_services::venues::Inspection;

use crate::frames::frames;
use crate::truths::{Row, bodies, data, pairs, read};

/// Compares what was read of a message with the message, as another library reads JSON.
fn compare(row: &mut Row, said: &[Value], message: &Value) {
    let data = if message["data"].is_null() { message } else { &message["data"] };
    let [said] = said else { panic!("one statement of {message}, found {said:?}") };
    let millis = |time: &Value| Value::from(time.as_u64().unwrap() * 1_000_000);
    let mut same = |ours: &str, theirs: &Value| row.same(&said[ours], theirs, ours);
    match said["type"].as_str().unwrap() {
        "ignored" => row.unverified += 1,
        "trade" => {
            same("time_ns", &millis(&data["T"]));
            same("id", &data["t"].to_string().into());
            same("side", &(if data["m"] == true { "sell" } else { "buy" }).into());
            row.compare(&said["price"], &data["p"], "price");
            row.compare(&said["quantity"], &data["q"], "quantity");
        }
        "top" => {
            same("update_id", &data["u"]);
            for (ours, theirs) in [("bid", ["b", "B"]), ("ask", ["a", "A"])] {
                row.compare(&said[ours][0], &data[theirs[0]], ours);
                row.compare(&said[ours][1], &data[theirs[1]], ours);
            }
        }
        "book" => {
            let is_whole = message["type"] == "snapshot" || !data["lastUpdateId"].is_null();
            same("snapshot", &is_whole.into());
            match (&data["lastUpdateId"], &message["ts"]) {
                (Value::Null, Value::Null) => {
                    same("time_ns", &millis(&data["E"]));
                    same("first_update_id", &data["U"]);
                    same("last_update_id", &data["u"]);
                }
                (Value::Null, time) => {
                    same("time_ns", &millis(time));
                    same("last_update_id", &data["u"]);
                }
                (id, _) => same("last_update_id", id),
            }
            for (ours, theirs) in [("bids", ["bids", "b"]), ("asks", ["asks", "a"])] {
                let theirs = data[theirs[0]].as_array().or_else(|| data[theirs[1]].as_array()).unwrap();
                let ours = said[ours].as_array().unwrap();
                assert_eq!(ours.len(), theirs.len(), "{message}");
                for (ours, theirs) in ours.iter().zip(theirs) {
                    row.compare(&ours[0], &theirs[0], "a price");
                    row.compare(&ours[1], &theirs[1], "a quantity");
                }
            }
        }
        other => panic!("{other} of {message}"),
    }
}

fn compared<'a>(venue: &str, messages: impl IntoIterator<Item = &'a str>) -> Row {
    let mut inspection = Inspection::of(venue, Some("BTCUSDT".parse().unwrap())).unwrap();
    let mut row = Row::default();
    for message in messages {
        compare(&mut row, &inspection.line(message), &serde_json::from_str(message).unwrap());
    }
    row
}

/// What is read of every file, by the names of the table.
fn rows() -> Option<BTreeMap<String, Row>> {
    let mut rows = pairs()?;
    let of_frames = frames()?.into_values().map(|(_, row)| row);
    rows.insert("frames/polyoxide-binance, 19 files".to_owned(), of_frames.sum());
    let bodies = bodies()?;
    for venue in ["binance", "bybit"] {
        let of_venue = bodies.iter().filter(|(name, _)| name.starts_with(&format!("captures/{venue}/")));
        // The list of instruments is the sixth, and has no truth.
        let all: Row = of_venue.map(|(_, row)| *row).chain([Row { unverified: 1, ..Row::default() }]).sum();
        rows.insert(format!("captures/{venue}, six bodies"), all);
    }
    for (venue, name) in [
        ("bybit-spot", "bybit_orderbook.jsonl"),
        ("binance", "binance_us_depth.jsonl"),
        ("binance", "binance_us_snapshot.json"),
    ] {
        let name = format!("frames/tickvault/{name}");
        let messages = read(&name)?;
        rows.insert(name, compared(venue, messages.lines()));
    }
    let name = "recordings/binance-spot/btcusdt_20240808.gz";
    let mut recording = String::new();
    GzDecoder::new(std::fs::File::open(data(name)?).unwrap()).read_to_string(&mut recording).unwrap();
    let messages = recording.lines().map(|line| line.split_once(' ').unwrap().1);
    rows.insert(name.to_owned(), compared("binance", messages));
    let mut before = Row::default();
    for file in ["BYBIT.0", "BYBIT.ws.25.0", "BYBIT.ws.26.0"] {
        let mut inspection = Inspection::of("bybit", None).unwrap();
        for line in read(&format!("recordings/bybit-v2/{file}"))?.lines() {
            // What was asked for and sent stands among what was received, which begins with its time.
            let begins = |line: &str| line.starts_with(|first: char| first.is_ascii_digit());
            let received = if begins(line) { Some(line) } else { line.split_once(" -> ").map(|(_, rest)| rest) };
            let Some((_, message)) = received.and_then(|line| line.split_once(": ")) else { continue };
            let said = inspection.line(message);
            assert!(!said.is_empty() && said.iter().all(|said| said["type"] == "ignored"), "{said:?}");
            before.unverified += said.len();
        }
    }
    rows.insert("recordings/bybit-v2, three files".to_owned(), before);
    Some(rows)
}

fn page() -> String {
    std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/venues.md")).unwrap()
}

/// The table of the page.
fn table(page: &str) -> BTreeMap<String, Row> {
    let (_, table) =
        page.split_once("| file | values checked | equal | unverified |\n| --- | --- | --- | --- |\n").unwrap();
    let number = |cell: &str| -> usize {
        let digits: String = cell.trim().chars().take_while(|c| c.is_ascii_digit() || *c == ',').collect();
        digits.replace(',', "").parse().unwrap()
    };
    table
        .lines()
        .take_while(|line| line.starts_with('|'))
        .map(|line| {
            let cells: Vec<_> = line.split('|').collect();
            let [_, file, checked, equal, unverified, _] = cells[..] else { panic!("four columns: {line}") };
            let row = Row { checked: number(checked), equal: number(equal), unverified: number(unverified) };
            (file.trim().to_owned(), row)
        })
        .collect()
}

#[test]
fn the_table_of_the_documentation_is_what_is_read_now() {
    let Some(rows) = rows() else { return };
    assert_eq!(table(&page()), rows);
}

/// The names of the files in a folder and those within it, but for what is said about them and their licences.
fn files(folder: &Path, name: &str, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let file = path.file_name().unwrap().to_str().unwrap();
        let name = format!("{name}/{file}");
        if path.is_dir() {
            files(&path, &name, found);
        } else if !file.starts_with("LICENSE") && !file.ends_with(".md") {
            found.push(name);
        }
    }
}

#[test]
fn every_recorded_file_is_in_the_table_or_is_named_as_one_that_is_not_about_these_venues() {
    let mut all = Vec::new();
    for folder in ["captures", "frames", "pairs", "recordings"] {
        let Some(path) = data(folder) else { return };
        files(&path, folder, &mut all);
    }
    let page = page();
    let counts = BTreeMap::from([("three", 3), ("six", 6), ("19", 19)]);
    for name in table(&page).into_keys() {
        let before = all.len();
        let (file, count) = name.split_once(", ").unwrap_or((name.as_str(), ""));
        all.retain(|found| found != file && !found.starts_with(&format!("{file}/")));
        let expected = count.split(' ').next().and_then(|count| counts.get(count)).copied().unwrap_or(1);
        assert_eq!(before - all.len(), expected, "{name}");
    }
    let (_, others) = page.split_once("Not about these venues: ").unwrap();
    let (others, _) = others.split_once("\n\n").unwrap();
    let others: Vec<_> = others.split('`').skip(1).step_by(2).collect();
    for other in &others {
        assert!(all.iter().any(|found| found.starts_with(other)), "{other} is not there");
    }
    all.retain(|found| !others.iter().any(|other| found.starts_with(other)));
    assert_eq!(all, [""; 0], "neither in the table nor named as about others");
}
