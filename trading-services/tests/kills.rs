//! Kills at random moments: everything that a process had acknowledged is there.
//!
//! `KILLS=1000` kills a thousand times instead of fifty, `KILLS_SEED=7` repeats what was printed.

#![cfg(all(unix, feature = "store"))]
#![expect(clippy::unwrap_used, reason = "a test may unwrap: its failure is the message")]

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use trading_services::ports::{IStateManager, OrderEvent, StateFact};
use trading_services::store::DurableState;

/// A state is used for so many processes, one after the other.
const PER_STATE: usize = 25;

/// Orders and alerts as often as possible.
const SETTINGS: &str = "[signals]\ncool_down = \"1s\"\n[monitor]\nlarge_trade = \"20000\"\n[alerts]\ncool_down = \"1s\"\n\
                        dedupe_window = \"1s\"\n[http]\nenabled = false\n[risk]\norders_per_minute = 1000\n";

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap())
}

/// What was acknowledged, in its order: `order signal-1`, `fill paper-1`, `alert 12`.
fn run_and_kill(folder: &Path, rng: &mut ChaCha8Rng) -> Vec<String> {
    let config = folder.join("settings.toml");
    std::fs::write(&config, SETTINGS).unwrap();
    let state = folder.join("state");
    let mut command = Command::new(env!("CARGO_BIN_EXE_trading-services"));
    command.args(["--speed", "max", "--acknowledge", "--config"]).arg(config).arg("--store").arg(state);
    let mut child = command.env("RUST_LOG", "off").stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let output = BufReader::new(child.stdout.take().unwrap());
    let (lines, heard) = channel();
    let reader = std::thread::spawn(move || {
        let mut output = output;
        loop {
            let mut line = String::new();
            // What has no end was cut by the kill: it was not said.
            if output.read_line(&mut line).unwrap_or(0) == 0 || !line.ends_with('\n') {
                return;
            }
            if let Some(acknowledged) = line.trim_end().strip_prefix("ack ") {
                let _ = lines.send(acknowledged.to_owned());
            }
        }
    });
    // Some are killed while they start, the others among their orders, however slow the machine is.
    let is_early = rng.next_u64().is_multiple_of(4);
    let (wanted, pause) = (rng.next_u64() % 60, Duration::from_millis(rng.next_u64() % 1_500));
    let patience = if is_early { pause } else { Duration::from_secs(60) };
    let (began, mut acknowledged) = (Instant::now(), Vec::new());
    while u64::try_from(acknowledged.len()).unwrap() < wanted
        && let Ok(line) = heard.recv_timeout(patience.saturating_sub(began.elapsed()))
    {
        acknowledged.push(line);
    }
    child.kill().unwrap();
    child.wait().unwrap();
    reader.join().unwrap();
    acknowledged.extend(heard.try_iter());
    acknowledged
}

/// What is kept, by the names that acknowledgements have, with the place of each.
fn kept(folder: &Path) -> BTreeMap<String, Vec<usize>> {
    let state = DurableState::open(&folder.join("state"), &Default::default()).unwrap();
    let mut places: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (place, fact) in state.facts().unwrap().iter().enumerate() {
        let name = match fact {
            StateFact::Submitted { request, .. } => format!("order {}", request.id),
            StateFact::Raised { alert, .. } => format!("alert {}", alert.id),
            StateFact::Reported { event, .. } => match &**event {
                OrderEvent::Filled(fill) => format!("fill {}", fill.id),
                _ => continue,
            },
            _ => continue,
        };
        places.entry(name).or_default().push(place);
    }
    places
}

fn check(acknowledged: &[String], kept: &BTreeMap<String, Vec<usize>>) -> Result<(), String> {
    let mut last = BTreeMap::new();
    for name in acknowledged {
        let place = match kept.get(name).map(Vec::as_slice) {
            Some([place]) => *place,
            Some(places) => return Err(format!("{name} has {} rows", places.len())),
            None => return Err(format!("{name} was acknowledged, and is gone")),
        };
        let kind = name.split(' ').next().unwrap();
        if last.insert(kind, place).is_some_and(|before| before >= place) {
            return Err(format!("{name} is before what was acknowledged before it"));
        }
    }
    Ok(())
}

#[test]
fn what_was_acknowledged_has_exactly_one_row_in_its_order_after_the_process_was_killed() {
    let kills = number("KILLS").unwrap_or(50);
    let entropy = || u64::from(std::process::id()) ^ std::time::UNIX_EPOCH.elapsed().unwrap().as_secs();
    let seed = number("KILLS_SEED").unwrap_or_else(entropy);
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let (mut folder, mut acknowledged) = (tempfile::tempdir().unwrap(), Vec::new());
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    let began = Instant::now();
    for kill in 0..usize::try_from(kills).unwrap() {
        // Who waits for a thousand sees that they come.
        if kill > 0 && kill % 100 == 0 {
            let took = began.elapsed().as_secs();
            writeln!(std::io::stderr(), "{kill} of {kills} kills in {took} s: {counts:?}").unwrap();
        }
        if kill % PER_STATE == 0 {
            folder = tempfile::tempdir().unwrap();
            acknowledged.clear();
        }
        let said = run_and_kill(folder.path(), &mut rng);
        for name in &said {
            *counts.entry(name.split(' ').next().unwrap().to_owned()).or_default() += 1;
        }
        acknowledged.extend(said);
        // The state may not even be there: the process was killed before it made one.
        if let Err(problem) = check(&acknowledged, &kept(folder.path())) {
            let place = folder.keep();
            panic!("KILLS_SEED={seed}, kill {kill}: {problem}; the state is in {}", place.display());
        }
    }
    let took = began.elapsed().as_secs();
    writeln!(std::io::stderr(), "{kills} kills in {took} s, acknowledged and found: {counts:?}, KILLS_SEED={seed}")
        .unwrap();
    let happened = ["order", "fill", "alert"].map(|kind| counts.get(kind).copied().unwrap_or(0));
    let enough = happened.iter().all(|count| *count > 0) && happened.iter().sum::<u64>() > 5 * kills;
    assert!(enough, "too little happened: {counts:?}");
}
