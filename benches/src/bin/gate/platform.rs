//! Instructions that the trading platform takes for a message, as callgrind counts its functions.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use comfy_table::Table;
use di_benches::files::recorded_data;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::report::{markdown, verdict};
use crate::results::Pair;
use crate::targets::{FrameLimit, Run, Targets};
use crate::{Error, cargo};

/// Messages of the simulated exchange.
const SIMULATED: &str = "20000";

/// Minutes of the back-test: half a month and more.
const MINUTES: &str = "26280";

/// What was counted.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Platform {
    /// By the frame's name: ours, and the bare twin.
    pub(crate) frames: BTreeMap<String, Pair>,
    /// By the indicator's name: ours, and TA-Lib called directly.
    #[serde(default)]
    pub(crate) indicators: BTreeMap<String, Pair>,
    /// From the socket to the book, and a client that only reads: per message.
    #[serde(default)]
    pub(crate) socket: Option<Pair>,
    /// By the stage's name: per message.
    pub(crate) stages: BTreeMap<String, f64>,
    /// Why nothing was counted.
    pub(crate) missing: Option<String>,
}

/// What one run under callgrind has counted.
struct Counted {
    /// Each function with what it calls.
    inclusive: Vec<(f64, String)>,
    total: f64,
    /// What the run says of itself.
    said: Value,
}

/// Counts all rows; without the recorded data none of them, and they are broken.
pub(crate) fn measure(targets: &Targets) -> Result<Platform, Error> {
    let data = recorded_data();
    if !data.is_dir() {
        let missing = Some(format!("not measured: the recorded data are missing at {}", data.display()));
        return Ok(Platform { missing, ..Platform::default() });
    }
    let program = cargo::executable("platform", "platform")?;
    let frames = callgrind(&program, &["frames"])?;
    let mut measured = Platform::default();
    for name in targets.frames.keys() {
        let count = |side: &str| frames.of(&format!("platform::frames::{side}::{name}"));
        measured.frames.insert(name.clone(), Pair { ours: count("ours")?, by_hand: count("bare")? });
    }
    let indicators = callgrind(&program, &["indicators"])?;
    for name in targets.indicators.keys() {
        let count = |side: &str| indicators.of(&format!("platform::indicators::{side}::{name}"));
        measured.indicators.insert(name.clone(), Pair { ours: count("ours")?, by_hand: count("bare")? });
    }
    let socket = callgrind(&program, &["socket"])?;
    let messages = socket.said.get("messages").and_then(Value::as_f64).unwrap_or(f64::NAN);
    let count = |side: &str| Ok::<_, Error>((socket.of(&format!("platform::socket::{side}"))? / messages).round());
    measured.socket = Some(Pair { ours: count("ours")?, by_hand: count("bare")? });
    let replay = callgrind(&program, &["replay"])?;
    let kept = callgrind(&program, &["kept"])?;
    let trading = callgrind(&program, &["trading", SIMULATED])?;
    let backtest = callgrind(&program, &["backtest", MINUTES])?;
    for (name, stage) in &targets.stages {
        let counted = match stage.run {
            Run::Replay => &replay,
            Run::Kept => &kept,
            Run::Trading => &trading,
            Run::Backtest => &backtest,
        };
        let messages = counted.said.get("frames").and_then(Value::as_f64).unwrap_or(f64::NAN);
        let count = stage.function.as_deref().map_or(Ok(counted.total), |function| counted.of(function))?;
        measured.stages.insert(name.clone(), count / messages);
    }
    Ok(measured)
}

impl Counted {
    /// The function in whose name that is; it is an error if there is none.
    fn of(&self, function: &str) -> Result<f64, Error> {
        // What was inlined into it from other files has lines of its own, which are parts of it.
        let counts = self.inclusive.iter().filter(|(_, name)| name.contains(function)).map(|(count, _)| *count);
        counts.reduce(f64::max).ok_or_else(|| Error::NotCounted(function.to_owned()))
    }
}

/// Runs the program under callgrind.
fn callgrind(program: &Path, arguments: &[&str]) -> Result<Counted, Error> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("callgrind.out");
    let mut command = Command::new("valgrind");
    command.args(["--quiet", "--tool=callgrind"]).arg(format!("--callgrind-out-file={}", file.display()));
    let printed = cargo::output(command.arg(program).args(arguments))?;
    let json = |source| Error::Json { what: "what the benchmark `platform` says".to_owned(), source };
    let said = serde_json::from_str(&printed).map_err(json)?;
    let mut annotate = Command::new("callgrind_annotate");
    annotate.args(["--inclusive=yes", "--threshold=100", "--show-percs=no", "--auto=no"]).arg(&file);
    let text = cargo::output(&mut annotate)?;
    let counts = text.lines().filter_map(|line| {
        let (count, name) = line.trim_start().split_once(' ')?;
        Some((count.replace(',', "").parse().ok()?, name.to_owned()))
    });
    let inclusive: Vec<(f64, String)> = counts.collect();
    let total = inclusive.iter().find(|(_, name)| name.contains("PROGRAM TOTALS")).map(|(count, _)| *count);
    let total = total.ok_or_else(|| Error::NotCounted("the whole program".to_owned()))?;
    Ok(Counted { inclusive, total, said })
}

/// A line for each limit that is broken.
pub(crate) fn broken(targets: &Targets, platform: &Platform) -> Vec<String> {
    let mut broken: Vec<String> = platform.missing.iter().cloned().collect();
    for (name, limits, pair) in frames(targets, platform).chain(indicators(targets, platform)) {
        let Some(pair) = pair.filter(|pair| pair.ratio() > limits.limit) else { continue };
        let (ours, bare, ratio, limit) = (pair.ours, pair.by_hand, pair.ratio(), limits.limit);
        broken.push(format!("{name}: {ours} instructions against {bare} bare is {ratio:.3}x, the limit is {limit}x"));
    }
    for (name, stage) in &targets.stages {
        let Some(count) = platform.stages.get(name).filter(|count| **count > stage.limit) else { continue };
        broken.push(format!("{name}: {count:.0} instructions per message, the limit is {}", stage.limit));
    }
    broken
}

/// The tables of the platform, with their heading.
pub(crate) fn section(targets: &Targets, platform: &Platform) -> String {
    let because = platform.missing.as_ref().map_or_else(String::new, |missing| format!("\n\n{missing}."));
    format!(
        "## The platform\n\nInstructions for one recorded frame, read and typed, beside `serde_json` into a bare struct \
         in the same run; from the socket to the book, per message, beside a client that only reads.{because}\n\n{}\n\n\
         Instructions for an indicator beside `ta-lib` called directly, in the same run: `batch` over 3,560 recorded candles, \
         both sides from the\ncandles' decimals to TA-Lib's columns; `stream` bar by bar after the warm-up, in floating point \
         already, ours through\nthe port. The virtual call and the outputs that it lends are 11 to 20 \
         instructions, which is more\nthan a tenth wherever TA-Lib itself takes less than 200 \
         ([why](decisions/0078-an-indicator-lends-its-outputs.md)).\n\n{}\n\nInstructions per message of a whole run, and per candle of a back-test: each stage with all that it calls.\
         \n\n{}",
        pairs("frame", "bare", frames(targets, platform)),
        pairs("indicator", "directly", indicators(targets, platform)),
        stages(targets, platform)
    )
}

/// A row that has a twin: its name, its limits and, where it was measured, both counts.
type Row<'a> = (&'a str, &'a FrameLimit, Option<Pair>);

fn frames<'a>(targets: &'a Targets, platform: &Platform) -> impl Iterator<Item = Row<'a>> {
    rows(&targets.frames, &platform.frames).chain([("socket", &targets.socket, platform.socket)])
}

fn indicators<'a>(targets: &'a Targets, platform: &Platform) -> impl Iterator<Item = Row<'a>> {
    rows(&targets.indicators, &platform.indicators)
}

fn rows<'a>(
    limits: &'a BTreeMap<String, FrameLimit>,
    measured: &BTreeMap<String, Pair>,
) -> impl Iterator<Item = Row<'a>> {
    limits.iter().map(|(name, limits)| (name.as_str(), limits, measured.get(name).copied()))
}

fn pairs<'a>(of: &str, twin: &str, rows: impl Iterator<Item = Row<'a>>) -> Table {
    let mut table = markdown([of, "instructions", twin, "ratio", "aim", "limit", "verdict"]);
    for (name, limits, pair) in rows {
        let what = format!("{} (`{name}`)", limits.what);
        let Some(pair) = pair else {
            table.add_row([what.as_str(), "not measured"]);
            continue;
        };
        let (ours, bare, ratio) = (pair.ours.to_string(), pair.by_hand.to_string(), format!("{:.3}", pair.ratio()));
        let verdict = verdict(pair.ratio() <= limits.limit, pair.ratio() <= limits.aim()).to_owned();
        table.add_row([what, ours, bare, ratio, limits.aim().to_string(), limits.limit.to_string(), verdict]);
    }
    table
}

fn stages(targets: &Targets, platform: &Platform) -> Table {
    let mut table = markdown(["stage", "instructions per message", "aim", "limit", "verdict"]);
    for (name, stage) in &targets.stages {
        let what = format!("{} (`{name}`)", stage.what);
        let Some(&count) = platform.stages.get(name) else {
            table.add_row([what.as_str(), "not measured"]);
            continue;
        };
        let aim = stage.aim.map(|aim| aim.to_string()).unwrap_or_default();
        let verdict = verdict(count <= stage.limit, stage.aim.is_none_or(|aim| count <= aim)).to_owned();
        table.add_row([what, format!("{count:.0}"), aim, stage.limit.to_string(), verdict]);
    }
    table
}
