//! Bad input: a clear error, exit code 1, and a report of what was read before.

use std::io::Write;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::common::{self, fails};

pub(crate) const TRADE: &str = r#"{"stream":"btcusdt@trade","data":{"e":"trade","E":1723161255343,"s":"BTCUSDT","t":1,"p":"61837.63","q":"0.02","T":1723161255342,"m":true,"M":true}}"#;
pub(crate) const TIME: &str = "1723161254087896568";

struct Files(tempfile::TempDir);

impl Files {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        std::fs::write(&path, content).unwrap();
        text(&path)
    }
}

fn text(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}

fn says(message: &str, parts: &[&str]) {
    for part in parts {
        assert!(message.contains(part), "expected `{part}` in: {message}");
    }
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn a_missing_recording_is_named() {
    says(&fails(&["--replay", "no/such/file.gz"]), &["no/such/file.gz: expected a recording", "No such file"]);
}

#[test]
fn a_folder_is_no_recording() {
    let files = Files::new();
    says(&fails(&["--replay", &text(files.0.path())]), &[&text(files.0.path()), "expected"]);
}

#[test]
fn half_a_message_names_its_line_and_what_was_read_before_is_reported() {
    let files = Files::new();
    let second = TRADE.replace("\"t\":1,", "\"t\":2,");
    let file = files.write("cut.txt", format!("{TIME} {TRADE}\n{TIME} {second}\n{TIME} {}", &TRADE[..50]));
    let summary = text(&files.path("summary.json"));
    let error = fails(&["--replay", &file, "--summary", &summary, "--strict"]);
    says(&error, &[&format!("{file}:3: expected a JSON message"), "ends after 50 bytes", "3 events were read"]);
    let summary: Value = serde_json::from_slice(&std::fs::read(summary).unwrap()).unwrap();
    assert_eq!((&summary["events"], &summary["trades"], &summary["rejected"]), (&3.into(), &2.into(), &1.into()));
    assert_eq!(summary["stopped"], "failure");
    says(summary["error"].as_str().unwrap(), &["cut.txt:3:"]);
}

#[test]
fn a_truncated_gzip_names_its_line_and_what_was_read_before_is_reported() {
    let files = Files::new();
    let line = |i: u64| format!("{TIME} {}\n", TRADE.replace("\"t\":1,", &format!("\"t\":{},", i * 7_919 % 10_007)));
    let whole = gzip((0..5_000).map(line).collect::<String>().as_bytes());
    let file = files.write("cut.gz", &whole[..whole.len() / 2]);
    let error = fails(&["--replay", &file]);
    says(&error, &[&format!("{file}:"), "expected a complete line of text", "ends too early", "events were read"]);
    assert!(!error.contains("\n  0 events"), "{error}");
    // Where only the check sum is cut, every line is there, and it is told all the same.
    let file = files.write("tail.gz", &whole[..whole.len() - 4]);
    let error = fails(&["--replay", &file]);
    says(&error, &[&format!("{file}:5001: expected a complete line"), "ends too early", "5000 events were read"]);
}

#[test]
fn a_recording_that_says_another_venue_than_the_command_is_an_error_that_names_both() {
    let files = Files::new();
    let header = r#"{"recording":1,"venue":"binance","symbols":["BTCUSDT"],"topics":[]}"#;
    let file = files.write("binance.txt", format!("{header}\n{TIME} {TRADE}\n"));
    let error = fails(&["--replay", &file, "--venue", "bybit-spot"]);
    says(&error, &[&format!("{file}:1: expected a recording of bybit-spot, as "), "`--venue`", "found one of binance"]);
    let mut same = common::binary(&["--replay", &file, "--venue", "binance-spot"]);
    assert!(same.output().unwrap().status.success());
}

#[test]
fn half_of_a_real_recording_is_played_up_to_the_cut() {
    let Some(recording) = common::data(common::RECORDING) else {
        return;
    };
    let files = Files::new();
    let whole = std::fs::read(recording).unwrap();
    let file = files.write("half.gz", &whole[..whole.len() / 2]);
    let summary = text(&files.path("summary.json"));
    says(&fails(&["--replay", &file, "--summary", &summary]), &["ends too early"]);
    let summary: Value = serde_json::from_slice(&std::fs::read(summary).unwrap()).unwrap();
    assert!(summary["events"].as_u64() > Some(10_000), "{summary}");
    assert_eq!(summary["gaps"], 0);
}

#[test]
fn malformed_lines_name_their_line_and_the_expectation() {
    let files = Files::new();
    let good = format!("{TIME} {TRADE}");
    let cases = [
        ("hello", "expected a receive time in nanoseconds, a space and a raw message, found `hello`"),
        ("yesterday {}", "expected a receive time in nanoseconds since 1970 (19 digits), found `yesterday`"),
        ("1723161254087 {}", "(19 digits), found `1723161254087`"),
        ("+1723161254087891268 {}", "(19 digits), found `+1723161254087891268`"),
        (&format!("{TIME} not json"), "expected a JSON message of Binance, found `not json`"),
        (
            &format!("{TIME} {{\"e\":\"listStatus\"}}"),
            "expected a trade, depthUpdate, bookTicker or snapshot message, found `listStatus`",
        ),
        (
            &good.replace("61837.63", "cheap"),
            "expected a price: a decimal number above zero in field `p`, found `cheap`",
        ),
        (
            &good.replace("\"q\":\"0.02\"", "\"q\":\"-2\""),
            "expected a quantity: a decimal number above zero in field `q`, found `-2`",
        ),
        (
            &good.replace("\"q\":\"0.02\"", "\"q\":\"0.00\""),
            "expected a quantity: a decimal number above zero in field `q`, found `0.00`",
        ),
        (&good.replace("\"BTCUSDT\"", "\"\""), "a symbol of 1 to 64 bytes"),
        (&good.replace("\"t\":1,", ""), "missing field `t`"),
    ];
    for (line, expected) in cases {
        let file = files.write("bad.txt", format!("{good}\n{line}\n{good}\n"));
        let said = fails(&["--replay", &file, "--strict"]);
        says(&said, &[&format!("{file}:2: expected"), expected, "events were read"]);
    }
}

#[test]
fn bytes_that_are_no_text_are_an_error() {
    let files = Files::new();
    let file = files.write("binary.txt", [b'1', 0xff, 0xfe, b'\n']);
    says(&fails(&["--replay", &file]), &[&format!("{file}:1: expected a complete line of text"), "utf-8"]);
}

#[test]
fn an_unknown_symbol_is_refused_and_the_known_ones_are_named() {
    let files = Files::new();
    says(
        &fails(&["--symbol", "FOO"]),
        &["unknown symbol `FOO` at `simulated`: expected one of BTCUSDT, ETHUSDT, SOLUSDT"],
    );
    let file = files.write("good.txt", format!("{TIME} {TRADE}\n"));
    says(
        &fails(&["--replay", &file, "--symbol", "FOO"]),
        &["unknown symbol `FOO` at `replay`: expected one of BTCUSDT"],
    );
    // Topics of options tell of others than the run had, which are left out.
    let options = r#"{"recording":1,"venue":"bybit-options","symbols":["BTC-28APR23-30000-C"],"topics":[]}"#;
    let trade = |symbol: &str| {
        let row = format!(r#"{{"p":"985","v":"0.01","i":"1","T":1680652922081,"BT":false,"s":"{symbol}","S":"Sell"}}"#);
        format!(r#"{TIME} {{"topic":"publicTrade.BTC","type":"snapshot","ts":1680652922102,"data":[{row}]}}"#)
    };
    let (had, other) = (trade("BTC-28APR23-30000-C"), trade("BTC-28APR23-29500-C"));
    let file = files.write("options.txt", format!("{options}\n{other}\n{had}\n"));
    says(
        &fails(&["--replay", &file, "--symbol", "BTC-28APR23-29500-C"]),
        &["unknown symbol `BTC-28APR23-29500-C` at `replay`: expected one of BTC-28APR23-30000-C (after"],
    );
}

#[test]
fn an_invalid_configuration_value_names_where_it_is_and_what_was_expected() {
    let files = Files::new();
    let cases = [
        ("[run]\nspeed = \"fast\"\n", "2", "expected a speed: `max`"),
        ("\n[alerts]\ncool_down = \"soon\"\n", "3", "expected a duration like `60s`"),
        (
            "[simulation]\nevents_per_second = 0\n",
            "2",
            "`simulation.events_per_second`: expected 1 to 1000000, found 0",
        ),
        ("[simulation]\nseed = -1\n", "2", "`simulation.seed`"),
        ("[exchange]\nordr = []\n", "2", "expected one of the keys order, "),
        ("[market_data]\ntimeframes = [\"2m\"]\n", "2", "expected a timeframe, one of 1s, 1m"),
        ("[exchange]\norder = \"simulated\"\n", "2", "`exchange.order`"),
        (
            "[lifecycle]\ndrain = \"25s\"\n",
            "2",
            "`lifecycle.drain`: expected less than `lifecycle.stop_total`, found 25s",
        ),
        ("run = [\n", "1:8", "expected TOML"),
    ];
    for (content, line, expected) in cases {
        let file = files.write("bad.toml", content);
        for arguments in [vec!["--config", &file], vec!["config", "check", "--config", &file]] {
            says(&fails(&arguments), &[&format!("{file}:{line}:"), expected]);
        }
    }
    says(&fails(&["--config", "no/such.toml"]), &["no/such.toml: expected a readable configuration file"]);
    says(&fails(&["--speed", "fast"]), &["command line: ", "`run.speed`: expected a speed"]);
}

#[test]
fn an_invalid_environment_variable_is_named() {
    let output = common::binary(&["config", "check"]).env("TRADING_ALERTS__HISTORY", "0").output().unwrap();
    let (code, _, stderr) = common::said(&output);
    assert_eq!(code, 1);
    says(&stderr, &["environment variable TRADING_ALERTS__HISTORY", "expected 1 to 1000000, found 0"]);
}

#[test]
fn an_unknown_venue_is_refused_and_the_known_ones_are_named() {
    let files = Files::new();
    let file = files.write("venue.toml", "[exchange]\norder = [\"mtgox\"]\n");
    says(&fails(&["--config", &file]), &["unknown exchange `mtgox`: expected one of simulated, replay"]);
}

#[test]
fn bad_files_of_trades_name_line_and_expectation_and_what_was_built_before_is_kept() {
    let files = Files::new();
    let head = "timestamp,id,price,amount\n1570752011620,1,0.5,23.0\n1570752071620,2,0.6,1.0\n";
    let out = text(&files.path("out.csv"));
    let run = |trades: &str| fails(&["candles", "--trades", trades, "--timeframe", "1m", "--out", &out]);
    let cases = [
        ("1570752131620,3,0.7", "expected 4 fields, found 3"),
        ("1570752131620,3,cheap,1", "in `price`: expected a price"),
        ("1570752131620,3,0.7,-1", "in `amount`: expected a quantity"),
        ("soon,3,0.7,1", "expected a timestamp in milliseconds since 1970, found `soon`"),
        ("1570752000000,3,0.7,1", "expected a trade at or after"),
        ("2570752000000,3,0.7,1", "candles after"),
    ];
    for (line, expected) in cases {
        let file = files.write("bad.csv", format!("{head}{line}\n"));
        says(&run(&file), &[&format!("{file}:4: "), expected, "2 trades, 2 candles"]);
        assert_eq!(std::fs::read_to_string(&out).unwrap().lines().count(), 3, "header and two candles");
    }
    let file = files.write("bad.csv", "time,price\n1,2\n");
    says(
        &run(&file),
        &[&format!("{file}:1: expected a header with the columns timestamp, price and amount, found `time,price`")],
    );
    says(&run("no/such.csv"), &["no/such.csv: expected a readable CSV file"]);
}

#[test]
fn an_output_that_cannot_be_written_is_named() {
    let files = Files::new();
    let nowhere = text(&files.path("no/such/folder/out"));
    let short = ["--events", "10", "--speed", "max"];
    says(&fails(&[&short[..], &["--summary", &nowhere]].concat()), &[&nowhere, "expected to write the summary"]);
    says(&fails(&[&short[..], &["--log", &nowhere]].concat()), &[&nowhere, "expected to write the event log"]);
}

#[test]
fn an_output_never_overwrites_an_input() {
    let files = Files::new();
    let recording = files.write("play.rec", format!("{TIME} {TRADE}\n"));
    let trades = files.write("trades.csv", "timestamp,price,amount\n1570752011620,0.5,23.0\n");
    let config = files.write("c.toml", "[run]\nevents = 10\nspeed = \"max\"\n");
    let candles = files.write("candles.csv", "date,open,high,low,close,volume\n2024-01-01,1,1,1,1,1\n");
    let new = text(&files.path("new"));
    let record = ["record", "--exchange", "bybit", "--symbol", "BTCUSDT", "--config", &config, "--out"];
    let test = ["backtest", "--config", &config, "--candles", &candles];
    let cases: [&[&str]; 12] = [
        &["candles", "--trades", &trades, "--timeframe", "1m", "--out", &trades],
        &["--replay", &recording, "--log", &recording],
        &["--replay", &recording, "--summary", &recording],
        &["--config", &config, "--log", &config],
        &["--config", &config, "--summary", &config],
        &["--config", &config, "--summary", &new, "--trades", &new],
        &["--config", &config, "--summary", &new, "--log", &new],
        &[&record[..], &[&config]].concat(),
        &[&record[..], &[&new, "--summary", &new]].concat(),
        &[&test[..], &["--trades", &candles]].concat(),
        &[&test[..], &["--summary", &new, "--equity", &new]].concat(),
        &["graph", "--diff", &config, "--out", &config],
    ];
    for arguments in cases {
        says(&fails(arguments), &["which would be lost"]);
    }
    assert!(std::fs::read_to_string(&config).unwrap().contains("events = 10"));
    assert!(!files.path("new").exists());
    assert!(std::fs::read_to_string(&recording).unwrap().contains("61837.63"));
    assert!(std::fs::read_to_string(&trades).unwrap().contains("23.0"));
}

#[test]
fn files_of_trades_that_could_be_misread_are_refused_or_told_of() {
    let files = Files::new();
    let out = text(&files.path("out.csv"));
    let candles = |trades: &str| ["candles", "--trades", trades, "--timeframe", "1m", "--out", &out].map(str::to_owned);
    let refused = [
        ("timestamp,price,amount\n1570752011,0.5,1\n", "found `1570752011`, which seems to be in seconds"),
        ("timestamp,price,amount,price\n1570752011620,1,1,2\n", "expected a header with one column `price`"),
        ("timestamp,price,amount\n", "expected at least one trade, found nothing to read"),
        ("", "expected a header with the columns"),
    ];
    for (content, expected) in refused {
        let file = files.write("trades.csv", content);
        let arguments = candles(&file);
        says(&fails(&arguments.each_ref().map(String::as_str)), &[expected]);
    }
    let head = "timestamp,price,amount\n1570752011620,1,1\n1570752071620,1,1\n";
    let told = [
        ("1643752071620,9,9\n1570752131620,1,1\n", "4 trades, 3 candles of 1m (0 flat), 1 trades refused", ""),
        ("1570752131620,1,1", "3 trades, 3 candles", "the last line has no end"),
        ("1570752131620,1,1\n", "3 trades, 3 candles", ""),
    ];
    for (tail, expected, note) in told {
        let file = files.write("trades.csv", format!("{head}{tail}"));
        let arguments = candles(&file);
        let output = common::binary(&arguments.each_ref().map(String::as_str)).output().unwrap();
        let (code, stdout, stderr) = common::said(&output);
        assert_eq!(code, 0, "{stderr}");
        says(&stdout, &[expected]);
        assert_eq!(stderr.contains("note: "), !note.is_empty(), "{stderr}");
        says(&stderr, &[note]);
    }
}

#[cfg(unix)]
#[test]
fn a_summary_is_written_also_when_nobody_reads_the_output() {
    let files = Files::new();
    let summary = text(&files.path("s.json"));
    let mut command = common::binary(&["--events", "1000", "--speed", "max", "--summary", &summary]);
    let mut child = command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::null()).spawn().unwrap();
    drop(child.stdout.take());
    assert!(child.wait().unwrap().success());
    let summary: Value = serde_json::from_slice(&std::fs::read(summary).unwrap()).unwrap();
    assert_eq!(summary["events"], 1_000);
}

#[test]
fn a_list_in_the_environment_is_written_as_in_a_file_and_secrets_are_not_printed() {
    let mut command = common::binary(&["config", "check"]);
    command.env("TRADING_EXCHANGE__SYMBOLS", r#"["BTCUSDT","ETHUSDT"]"#);
    command.env("TRADING_ALERTS__WEBHOOK__URL", "https://user:word@example.org/hook/secret?token=abc");
    let (code, stdout, stderr) = common::said(&command.output().unwrap());
    assert_eq!(code, 0, "{stderr}");
    says(&stdout, &[r#"symbols = ["BTCUSDT", "ETHUSDT"]"#, "https://example.org/"]);
    for secret in ["word", "secret", "abc"] {
        assert!(!stdout.contains(secret), "{stdout}");
    }
    for url in ["http://", "ftp://example.org/secret", "secret"] {
        let mut command = common::binary(&["config", "check"]);
        let (code, _, stderr) = common::said(&command.env("TRADING_ALERTS__WEBHOOK__URL", url).output().unwrap());
        assert_eq!(code, 1, "{url}");
        says(&stderr, &["alerts.webhook.url", "expected an http:// or https:// address with a host"]);
        assert!(!stderr.contains("secret"), "{stderr}");
    }
}
