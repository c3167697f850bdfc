//! The command `trace`: the chain from a message to its fills, out of the log of a run.

use std::fs::File;
use std::io::{BufRead, BufReader, Write, stdout};
use std::path::PathBuf;

use clap::Args;
use trading_services::model::CorrelationId;

use crate::commands::Failure;

#[derive(Debug, Args)]
pub(crate) struct TraceArgs {
    /// The number of the message, as it stands at the end of the lines of the log: `18342` or `#18342`.
    #[arg(value_name = "ID")]
    id: CorrelationId,
    /// The log of the run, as `--log` writes it.
    #[arg(long, value_name = "FILE")]
    log: PathBuf,
}

pub(crate) fn run(args: &TraceArgs) -> Result<(), Failure> {
    let unreadable = |error: std::io::Error| format!("{}: expected a readable event log: {error}", args.log.display());
    let (mut found, mut out) = (0, stdout().lock());
    let end = format!(" {}", args.id);
    for line in BufReader::new(File::open(&args.log).map_err(unreadable)?).lines() {
        let line = line.map_err(unreadable)?;
        if line.ends_with(&end) {
            writeln!(out, "{line}")?;
            found += 1;
        }
    }
    if found == 0 {
        let message =
            format!("{}: expected lines that follow from message {}, found none", args.log.display(), args.id);
        return Err(message.into());
    }
    Ok(out.flush()?)
}
