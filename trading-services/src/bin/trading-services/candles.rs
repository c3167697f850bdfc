//! The command `candles`: make them of trades, and look after those that are kept.

use std::io::{Write, stdout};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use trading_services::data::build_candles;
use trading_services::model::Timeframe;

use crate::commands::{Failure, note_cut};

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct CandlesArgs {
    #[command(subcommand)]
    command: Option<CandlesCommand>,
    #[command(flatten)]
    build: Option<BuildArgs>,
}

#[derive(Debug, Args)]
struct BuildArgs {
    /// Trades: columns `timestamp` (milliseconds), `price`, `amount`, sorted by time.
    #[arg(long, value_name = "FILE.csv")]
    trades: PathBuf,
    /// One of 1s, 1m, 5m, 30m, 4h, 1d.
    #[arg(long)]
    timeframe: Timeframe,
    /// Where the candles go: `timestamp,open,high,low,close,volume`.
    #[arg(long, value_name = "FILE.csv")]
    out: PathBuf,
}

#[cfg(not(feature = "store"))]
#[derive(Debug, Subcommand)]
enum CandlesCommand {}

#[cfg(feature = "store")]
#[derive(Debug, Subcommand)]
enum CandlesCommand {
    /// Write kept candles to a file.
    Export {
        #[command(flatten)]
        which: kept::Which,
        /// Where the candles go: `timestamp,open,high,low,close,volume`.
        #[arg(long, value_name = "FILE.csv")]
        out: PathBuf,
    },
    /// Keep the candles of a file; those of the same time are replaced.
    Import {
        #[command(flatten)]
        which: kept::Which,
        /// The file: a time, `open`, `high`, `low`, `close`, `volume` under a header, oldest first.
        #[arg(long, value_name = "FILE.csv")]
        from: PathBuf,
    },
    /// Print where candles are missing between those that are kept.
    Gaps {
        #[command(flatten)]
        which: kept::Which,
    },
}

pub(crate) async fn run(args: CandlesArgs) -> Result<(), Failure> {
    match (args.command, args.build) {
        #[cfg(feature = "store")]
        (Some(command), _) => kept::run(command).await,
        #[cfg(not(feature = "store"))]
        (Some(command), _) => match command {},
        (None, Some(BuildArgs { trades, timeframe, out })) => build(&trades, timeframe, &out),
        (None, None) => {
            Err("expected `--trades`, `--timeframe` and `--out`, or a command; `candles --help` has them".into())
        }
    }
}

fn build(trades: &Path, timeframe: Timeframe, out: &Path) -> Result<(), Failure> {
    let (report, result) = build_candles(trades, timeframe, out);
    let mut figures =
        format!("{} trades, {} candles of {timeframe} ({} flat)", report.trades, report.candles, report.flat);
    if report.refused > 0 {
        figures.push_str(&format!(", {} trades refused: they are dated long after the others", report.refused));
    }
    result.map_err(|error| format!("{error}\n  read and written before: {figures}"))?;
    writeln!(stdout(), "{figures} written to {}", out.display())?;
    Ok(note_cut(trades, report.is_cut)?)
}

#[cfg(feature = "store")]
mod kept {
    use trading_services::data::{gaps, read_candles, write_candles};
    use trading_services::input::FileRows;
    use trading_services::model::InstrumentId;
    use trading_services::output::keep_apart;

    use super::*;
    use crate::progress;
    use crate::store::StoreArgs;

    /// Which candles.
    #[derive(Debug, Args)]
    pub(super) struct Which {
        #[command(flatten)]
        store: StoreArgs,
        /// Of what: `simulated:BTCUSDT`.
        #[arg(long)]
        instrument: InstrumentId,
        /// One of 1m, 5m, 30m, 4h, 1d.
        #[arg(long)]
        timeframe: Timeframe,
    }

    pub(super) async fn run(command: CandlesCommand) -> Result<(), Failure> {
        match command {
            CandlesCommand::Export { which, out } => {
                let admin = which.store.admin()?;
                let inputs = [("settings", which.store.config.as_deref()), ("state", Some(&*admin.path()))];
                keep_apart(&inputs, &[("candles", Some(&out))])?;
                let candles = admin.candles(&which.instrument, which.timeframe).await?;
                write_candles(&out, &candles)?;
                Ok(writeln!(stdout(), "{} candles written to {}", candles.len(), out.display())?)
            }
            CandlesCommand::Import { which, from } => {
                let FileRows { rows: candles, is_cut } = read_candles(&from)?;
                let admin = which.store.admin()?;
                let bar = progress::bar("import", candles.len());
                let told = |kept| bar.set(kept);
                admin.keep_candles(&which.instrument, which.timeframe, &candles, told).await?;
                drop(bar);
                writeln!(stdout(), "{} candles kept", candles.len())?;
                Ok(note_cut(&from, is_cut)?)
            }
            CandlesCommand::Gaps { which } => {
                let candles = which.store.admin()?.candles(&which.instrument, which.timeframe).await?;
                let mut out = stdout().lock();
                let mut missing = 0;
                for gap in gaps(&candles, which.timeframe) {
                    writeln!(out, "{} to {}: {} missing", gap.from, gap.to, gap.missing)?;
                    missing += gap.missing;
                }
                writeln!(out, "{} candles, {missing} missing between them", candles.len())?;
                Ok(out.flush()?)
            }
        }
    }
}
