//! The command `inspect`: what is read of each raw message of a venue.

use std::io::{BufWriter, Write, stdout};
use std::path::PathBuf;

use clap::Args;
use trading_services::model::Symbol;
use trading_services::venues::Inspection;
use trading_services::venues::replay::LineReader;

use crate::commands::Failure;

#[derive(Debug, Args)]
pub(crate) struct InspectArgs {
    /// Whose messages they are: binance, binance-futures, bybit, bybit-spot, bybit-options.
    #[arg(long, value_name = "NAME")]
    venue: String,
    /// What a message is about that does not name its symbol, as the bodies of some requests.
    #[arg(long, value_name = "SYMBOL")]
    symbol: Option<Symbol>,
    /// The messages, one a line, plain or gzip; a receive time before a message is passed over.
    #[arg(value_name = "FILE.jsonl")]
    file: PathBuf,
}

pub(crate) fn run(args: &InspectArgs) -> Result<(), Failure> {
    let mut inspection = Inspection::of(&args.venue, args.symbol.clone())?;
    let mut lines = LineReader::open(&args.file)?;
    let mut out = BufWriter::new(stdout().lock());
    while let Some(line) = lines.next_line()? {
        for said in inspection.line(line) {
            serde_json::to_writer(&mut out, &said).map_err(std::io::Error::from)?;
            out.write_all(b"\n")?;
        }
    }
    Ok(out.flush()?)
}
