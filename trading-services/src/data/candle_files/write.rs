//! Candles in a CSV file.

use std::fs::File;
use std::path::{Path, PathBuf};

use crate::data::{CandleFileError, CandleReport};
use crate::model::{Candle, canonical};

/// A file of candles, written line by line.
pub(super) struct CandleFile {
    path: PathBuf,
    writer: csv::Writer<File>,
}

impl CandleFile {
    pub(super) fn create(path: &Path) -> Result<Self, CandleFileError> {
        let path = path.to_owned();
        let writer = match File::create(&path) {
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
        let flushed = self.writer.flush();
        flushed.map_err(|source| self.failed(source))
    }

    fn record(&mut self, fields: &[String; 6]) -> Result<(), CandleFileError> {
        let written = self.writer.write_record(fields);
        written.map_err(|error| self.failed(error.into()))
    }

    fn failed(&self, source: std::io::Error) -> CandleFileError {
        CandleFileError::Write { path: self.path.clone(), source }
    }
}
