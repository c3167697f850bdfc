//! Candles in a CSV file.

use std::path::{Path, PathBuf};

use crate::data::{CandleFileError, CandleReport};
use crate::model::{Candle, canonical};
use crate::output::OutputFile;

/// Writes a CSV of candles, which [`read_candles`](crate::data::read_candles) reads: as a whole, or not at all.
///
/// # Errors
/// [`CandleFileError::Write`].
pub fn write_candles(path: &Path, candles: &[Candle]) -> Result<(), CandleFileError> {
    let mut file = CandleFile::create(path, &[])?;
    file.write(candles, &mut CandleReport::default())?;
    file.finish()
}

/// A file of candles, written line by line.
pub(super) struct CandleFile {
    path: PathBuf,
    writer: csv::Writer<OutputFile>,
}

impl CandleFile {
    pub(super) fn create(path: &Path, inputs: &[&Path]) -> Result<Self, CandleFileError> {
        let path = path.to_owned();
        let writer = match OutputFile::create(&path, inputs) {
            Ok(file) => csv::Writer::from_writer(file),
            Err(source) => return Err(CandleFileError::Write { path, source }),
        };
        let mut file = Self { path, writer };
        file.record(&["timestamp", "open", "high", "low", "close", "volume"].map(str::to_owned))?;
        Ok(file)
    }

    pub(super) fn write(&mut self, candles: &[Candle], report: &mut CandleReport) -> Result<(), CandleFileError> {
        for candle in candles {
            let price = |price: crate::model::Price| canonical(price.value());
            self.record(&[
                candle.open_time.as_millis().to_string(),
                price(candle.open),
                price(candle.high),
                price(candle.low),
                price(candle.close),
                canonical(candle.volume.value()),
            ])?;
            report.candles += 1;
            report.flat += u64::from(candle.trades == 0);
        }
        Ok(())
    }

    pub(super) fn finish(mut self) -> Result<(), CandleFileError> {
        if let Err(source) = self.writer.flush() {
            return Err(self.failed(source));
        }
        let Self { path, writer } = self;
        let finished = writer.into_inner().map_err(csv::IntoInnerError::into_error).and_then(OutputFile::finish);
        finished.map_err(|source| CandleFileError::Write { path, source })
    }

    fn record(&mut self, fields: &[String; 6]) -> Result<(), CandleFileError> {
        let written = self.writer.write_record(fields);
        written.map_err(|error| self.failed(error.into()))
    }

    fn failed(&self, source: std::io::Error) -> CandleFileError {
        CandleFileError::Write { path: self.path.clone(), source }
    }
}
