//! The trading platform at work on messages: the command `gate` runs it under callgrind, which counts the functions.
//!
//! `frames` reads each recorded frame once with ours and once with its bare twin, and `indicators` computes each indicator with
//! both. `socket` does so over a connection, from a
//! server that the program starts as `serve`. `replay` runs the platform over the recording, `kept` does so with its state in
//! a folder, and `trading EVENTS` runs it over the simulated exchange, with all strategies and with fills. `backtest MINUTES` runs
//! strategies over so many candles. Each prints one JSON object that says what there was, so that the counts can be divided.

mod bare;
mod frames;
mod indicators;
mod recorded;
mod run;
mod socket;

use std::error::Error;
use std::io::{self, Write as _};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let figures = match arguments[..] {
        ["frames"] => frames::run()?,
        ["indicators"] => indicators::run()?,
        ["socket"] => socket::run()?,
        ["serve"] => return socket::serve(),
        ["replay"] => run::replay()?,
        ["kept"] => run::kept()?,
        ["trading", events] => run::trading(events.parse()?)?,
        ["backtest", minutes] => run::backtest(minutes.parse()?)?,
        // Cargo runs benchmarks with `--bench`; only the gate knows what it wants to count.
        _ => return Ok(()),
    };
    Ok(writeln!(io::stdout(), "{figures}")?)
}
