//! The command `metrics`: the ratios of a file of returns.

use std::io::{Write, stdout};
use std::path::PathBuf;

use clap::Args;
use trading_services::input::FileRows;
use trading_services::output::OutputFile;
use trading_services::portfolio::performance::{Performance, read_returns};

use crate::commands::{Failure, note_cut};

#[derive(Debug, Args)]
pub(crate) struct MetricsArgs {
    /// Returns under a header: the last column is the gain of a period, 0.01 for one percent.
    #[arg(long, value_name = "FILE.csv")]
    returns: PathBuf,
    /// How many periods a year has: 252 for days of an exchange, 365 for days around the clock.
    #[arg(long, value_name = "COUNT", default_value_t = 252, value_parser = clap::value_parser!(u32).range(1..))]
    periods: u32,
    /// Where the ratios go; by default they are printed. `null` is a ratio without a value.
    #[arg(long, value_name = "FILE.json")]
    json: Option<PathBuf>,
}

pub(crate) fn run(args: &MetricsArgs) -> Result<(), Failure> {
    let FileRows { rows: returns, is_cut } = read_returns(&args.returns)?;
    note_cut(&args.returns, is_cut)?;
    let performance = Performance::of(&returns, args.periods);
    let Some(path) = &args.json else {
        return Ok(writeln!(stdout(), "{}", serde_json::to_string_pretty(&performance)?)?);
    };
    let unwritable = |error: std::io::Error| format!("{}: expected to write ratios: {error}", path.display());
    let mut file = OutputFile::create(path, &[&args.returns]).map_err(unwritable)?;
    serde_json::to_writer_pretty(&mut file, &performance)?;
    file.write_all(b"\n").and_then(|()| file.finish()).map_err(unwritable)?;
    writeln!(stdout(), "the ratios of {} returns written to {}", performance.count, path.display())?;
    Ok(())
}
