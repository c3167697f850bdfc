//! The venue that plays a recording.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use di_core::BoxError;
use di_core::health::{Health, HealthCheck};
use di_core::lifecycle::{Context, Lifecycle};

use super::Settings;
use crate::model::{BookSnapshot, Instrument, InstrumentId, MarketEvent, Symbol};
use crate::ports::{EventStream, ExchangeError, IConfigService, IExchange, TypedVenue};
use crate::venues;
use crate::venues::binance;
use crate::venues::names::list;
use crate::venues::replay::RecordingReader;

const NAME: &str = "replay";

/// A venue that says again what a recording holds.
///
/// Its start opens the file and reads its first message, if configuration names the venue: what is no recording is
/// noticed then, and not when its turn comes.
#[derive(Debug)]
pub struct ReplayExchange {
    file: Option<PathBuf>,
    exchange: venues::Settings,
}

#[di_core::service(provides = IExchange, lifecycle, health(external, timeout = "1s"))]
impl ReplayExchange {
    /// The venue of the recording in `replay.file`; the file is not opened yet.
    #[constructor]
    pub fn new(config: Arc<dyn IConfigService>) -> Self {
        let file = config.section::<Settings>().file.clone();
        Self { file, exchange: (*config.section::<venues::Settings>()).clone() }
    }

    fn reader(&self, symbols: &[Symbol]) -> Result<RecordingReader, ExchangeError> {
        open(self.file.as_deref(), symbols)
    }
}

#[di_core::interface]
impl Lifecycle for ReplayExchange {
    async fn start(&self, _context: &Context) -> Result<(), BoxError> {
        if self.exchange.names(NAME) {
            let (file, symbols) = (self.file.clone(), self.exchange.symbols.clone());
            // A file may be far away or a pipe that nobody writes to: the start can be given up while it waits.
            let head = tokio::task::spawn_blocking(move || -> Result<_, ExchangeError> {
                Ok(open(file.as_deref(), &symbols)?.next_event()?)
            });
            head.await??;
        }
        Ok(())
    }
}

#[di_core::interface]
impl HealthCheck for ReplayExchange {
    async fn check(&self) -> Result<Health, BoxError> {
        let Some(file) = self.file.clone().filter(|_| self.exchange.names(NAME)) else {
            return Ok(Health::healthy().with("file", "none, it is off"));
        };
        let name = file.display().to_string();
        let health = match tokio::task::spawn_blocking(move || std::fs::metadata(file)).await? {
            Ok(_) => Health::healthy(),
            // What is open can still be read to its end.
            Err(error) => Health::degraded(format!("{name}: expected the recording to be there still: {error}")),
        };
        Ok(health.with("file", name))
    }
}

impl IExchange for ReplayExchange {
    fn name(&self) -> &'static str {
        NAME
    }

    /// Reads the whole recording; where it is broken, what comes before counts.
    fn instruments(&self) -> Result<Vec<Instrument>, ExchangeError> {
        let mut reader = self.reader(&[])?;
        while let Ok(Some(_)) = reader.next_event() {}
        let symbols = reader.symbols().iter().cloned();
        Ok(symbols.map(|symbol| Instrument::named(InstrumentId::new(binance::VENUE, symbol))).collect())
    }

    fn check_connection(&self) -> Result<(), ExchangeError> {
        self.reader(&[]).map(drop)
    }

    fn order_book(&self, _symbol: &Symbol) -> Result<BookSnapshot, ExchangeError> {
        Err(ExchangeError::Unsupported {
            exchange: NAME,
            what: "be asked for a book: its snapshots are in the recording",
        })
    }

    fn streams(&self, symbols: &[Symbol]) -> Result<Box<dyn EventStream>, ExchangeError> {
        Ok(Box::new(self.open(symbols)?))
    }
}

impl TypedVenue for ReplayExchange {
    type Stream = ReplayStream;

    fn open(&self, symbols: &[Symbol]) -> Result<ReplayStream, ExchangeError> {
        if !symbols.is_empty() {
            self.require(symbols)?;
        }
        Ok(ReplayStream { reader: self.reader(symbols)?, symbols: symbols.to_vec() })
    }
}

impl ReplayExchange {
    /// Reads until every symbol was seen. A recording that breaks before says so when it is played.
    fn require(&self, symbols: &[Symbol]) -> Result<(), ExchangeError> {
        let mut reader = self.reader(&[])?;
        loop {
            let missing = symbols.iter().find(|symbol| !reader.symbols().contains(symbol));
            let Some(missing) = missing.cloned() else {
                return Ok(());
            };
            match reader.next_event() {
                Ok(Some(_)) => {}
                Ok(None) => {
                    let known = list(reader.symbols());
                    return Err(ExchangeError::UnknownSymbol { symbol: missing, exchange: NAME, known });
                }
                Err(_) => return Ok(()),
            }
        }
    }
}

fn open(file: Option<&Path>, symbols: &[Symbol]) -> Result<RecordingReader, ExchangeError> {
    let file = file.ok_or(ExchangeError::NotConfigured { exchange: NAME, key: "replay.file" })?;
    let only = if let [symbol] = symbols { Some(symbol.clone()) } else { None };
    Ok(RecordingReader::open(file, only)?)
}

/// The messages of a recording.
#[derive(Debug)]
pub struct ReplayStream {
    reader: RecordingReader,
    symbols: Vec<Symbol>,
}

impl EventStream for ReplayStream {
    fn next_event(&mut self) -> Result<Option<MarketEvent>, ExchangeError> {
        while let Some(event) = self.reader.next_event()? {
            if self.symbols.is_empty() || self.symbols.contains(&event.instrument.symbol) {
                return Ok(Some(event));
            }
        }
        Ok(None)
    }
}
