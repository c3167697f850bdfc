//! The command `indicators`: TA-Lib's functions over a file of candles.

use std::collections::BTreeSet;
use std::io::{Write, stdout};
use std::path::PathBuf;

use clap::Args;
use trading_services::analysis::IndicatorService;
use trading_services::data::read_candles;
use trading_services::input::FileRows;
use trading_services::output::OutputFile;
use trading_services::ports::{IIndicatorService, IndicatorError, IndicatorInfo, IndicatorSpec, IndicatorTable};

use crate::commands::{Failure, note_cut};

#[derive(Debug, Args)]
pub(crate) struct IndicatorArgs {
    /// Candles: columns `timestamp` (milliseconds, or a date), `open`, `high`, `low`, `close`, `volume`.
    #[arg(long, value_name = "FILE.csv", required_unless_present = "list")]
    candles: Option<PathBuf>,
    /// For example `rsi:14`, `macd:12,26,9`, `bbands:20,matype=ema`, `sma:30@volume`; may be repeated. `all` has every
    /// function that candles are enough for, with its defaults.
    #[arg(long = "indicator", value_name = "NAME[:PARAMETERS][@SERIES]", required_unless_present = "list")]
    indicators: Vec<String>,
    /// Where the values go: `timestamp`, then a column per output, empty where there is no value.
    #[arg(long, value_name = "FILE.csv", required_unless_present = "list")]
    out: Option<PathBuf>,
    /// Print all indicators with their parameters and outputs.
    #[arg(long)]
    list: bool,
}

pub(crate) fn run(args: &IndicatorArgs) -> Result<(), Failure> {
    let service = IndicatorService::default();
    let (Some(input), Some(out), false) = (&args.candles, &args.out, args.list) else {
        return Ok(list(&service.available())?);
    };
    let specs = specs(&args.indicators, &service)?;
    let FileRows { rows: candles, is_cut } = read_candles(input)?;
    let mut header = vec!["timestamp".to_owned()];
    let mut columns = Vec::new();
    for (name, spec) in names(&specs).iter().zip(&specs) {
        let IndicatorTable { outputs, columns: values } = service.calculate(spec, &candles)?;
        header.extend(outputs.iter().map(|output| column_name(name, output)));
        columns.extend(values);
    }

    let unwritable = |error: std::io::Error| format!("{}: expected to write indicators: {error}", out.display());
    let mut writer = csv::Writer::from_writer(OutputFile::create(out, &[input]).map_err(unwritable)?);
    writer.write_record(&header)?;
    for (row, candle) in candles.iter().enumerate() {
        writer.write_field(candle.open_time.as_millis().to_string())?;
        for column in &columns {
            writer.write_field(column.get(row).map_or(String::new(), |value| value.to_string()))?;
        }
        writer.write_record(None::<&[u8]>)?;
    }
    writer.into_inner().map_err(csv::IntoInnerError::into_error).and_then(OutputFile::finish).map_err(unwritable)?;
    writeln!(stdout(), "{} columns of {} candles written to {}", columns.len(), candles.len(), out.display())?;
    Ok(note_cut(input, is_cut)?)
}

fn specs(wanted: &[String], service: &IndicatorService) -> Result<Vec<IndicatorSpec>, IndicatorError> {
    let mut specs = Vec::new();
    for text in wanted {
        if text == "all" {
            let all = service.available().into_iter().filter(|info| info.from_candles);
            specs.extend(all.map(|info| IndicatorSpec {
                name: info.name.to_owned(),
                parameters: Vec::new(),
                series: Vec::new(),
            }));
        } else {
            specs.push(text.parse()?);
        }
    }
    Ok(specs)
}

/// The name of each indicator in the header: alone, or as asked for where it is there more than once.
fn names(specs: &[IndicatorSpec]) -> Vec<String> {
    let (mut once, mut again) = (BTreeSet::new(), BTreeSet::new());
    for spec in specs {
        if !once.insert(&spec.name) {
            again.insert(&spec.name);
        }
    }
    let name = |spec: &IndicatorSpec| if again.contains(&spec.name) { spec.to_string() } else { spec.name.clone() };
    specs.iter().map(name).collect()
}

fn column_name(indicator: &str, output: &str) -> String {
    if output.is_empty() { indicator.to_owned() } else { format!("{indicator}.{output}") }
}

fn list(available: &[IndicatorInfo]) -> std::io::Result<()> {
    let mut out = stdout().lock();
    let mut group = "";
    for info in available {
        if info.group != group {
            group = info.group;
            writeln!(out, "# {group}")?;
        }
        let parameters = info.parameters.iter().map(|(name, default)| format!("{name}={default}"));
        let parameters = parameters.collect::<Vec<_>>().join(",");
        let outputs: Vec<_> = info.outputs.iter().filter(|output| !output.is_empty()).map(String::as_str).collect();
        let separator = if parameters.is_empty() { "" } else { ":" };
        let outputs = if outputs.is_empty() { String::new() } else { format!(" -> {}", outputs.join(", ")) };
        writeln!(out, "{}{separator}{parameters}{outputs}  {}", info.name, info.hint)?;
    }
    out.flush()
}
