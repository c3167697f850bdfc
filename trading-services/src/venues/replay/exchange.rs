//! The venue that plays a recording.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use di_core::error::BoxError;
use di_core::health::{Health, HealthCheck};
use di_core::lifecycle::{Context, Lifecycle};
use futures::StreamExt;

use super::{LineReader, RecordingError, RecordingReader, ReplayStream, Settings};
use crate::model::{BookSnapshot, Instrument, InstrumentId, Symbol, VenueId};
use crate::ports::{EventStream, ExchangeError, IConfigService, IExchange, TypedVenue};
use crate::sync::lock;
use crate::venues;
use crate::venues::names::list;
use crate::venues::parser::readable_venue;

const NAME: &str = "replay";

/// A venue that says again what a recording holds.
///
/// Its start opens the file and reads its first message, if configuration names the venue: what is no recording is
/// noticed then, and not when its turn comes.
#[derive(Debug)]
pub struct ReplayExchange {
    file: Option<PathBuf>,
    /// Whose messages they are, where configuration says so.
    venue: Option<VenueId>,
    exchange: venues::Settings,
    /// A pipe, between the start and the stream.
    opened: Arc<Mutex<Option<LineReader>>>,
}

#[di_core::service(provides = IExchange, lifecycle, health(external, timeout = "1s"))]
impl ReplayExchange {
    /// The venue of the recording in `replay.file`; the file is not opened yet.
    #[constructor]
    pub fn new(config: Arc<dyn IConfigService>) -> Self {
        let settings = config.section::<Settings>();
        let venue = settings.venue.as_deref().and_then(readable_venue);
        Self {
            file: settings.file.clone(),
            venue,
            exchange: (*config.section::<venues::Settings>()).clone(),
            opened: Arc::default(),
        }
    }
}

#[di_core::interface]
impl Lifecycle for ReplayExchange {
    async fn start(&self, _context: &Context) -> Result<(), BoxError> {
        if self.exchange.names(NAME) {
            let (file, venue, symbols) = (self.file.clone(), self.venue, self.exchange.symbols.clone());
            let opened = Arc::clone(&self.opened);
            // A file may be far away or a pipe that nobody writes to: the start can be given up while it waits.
            let head = tokio::task::spawn_blocking(move || -> Result<_, ExchangeError> {
                let file = required(file.as_deref())?;
                let empty = || RecordingError::Empty { path: file.to_owned() };
                if is_regular(file) {
                    reader(file, venue, &symbols)?.next_event()?.ok_or_else(empty)?;
                    return Ok(());
                }
                // What is read of a pipe is gone: it stays open until the stream is.
                let lines = LineReader::open(file)?;
                if !lines.has_more_at_hand() {
                    return Err(empty().into());
                }
                *lock(&opened) = Some(lines);
                Ok(())
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

#[di_core::interface]
impl IExchange for ReplayExchange {
    fn name(&self) -> &'static str {
        NAME
    }

    /// Reads the whole recording; where it is broken, what comes before counts.
    async fn instruments(&self) -> Result<Vec<Instrument>, ExchangeError> {
        let named = self.venue;
        let (venue, symbols) = self
            .with_file(move |file| {
                if !is_regular(file) {
                    return Err(ExchangeError::Unsupported { exchange: NAME, what: "look ahead in a pipe" });
                }
                let mut reader = reader(file, named, &[])?;
                while let Ok(Some(_)) = reader.next_event() {}
                Ok((reader.venue(), reader.symbols().cloned().collect::<Vec<_>>()))
            })
            .await?;
        let named = |symbol| Instrument::named(InstrumentId::new(venue, symbol));
        Ok(symbols.into_iter().map(named).collect())
    }

    async fn check_connection(&self) -> Result<(), ExchangeError> {
        let check = |file: &Path| {
            let found = if is_regular(file) { File::open(file).map(drop) } else { std::fs::metadata(file).map(drop) };
            found.map_err(|source| RecordingError::Open { path: file.to_owned(), source }.into())
        };
        self.with_file(check).await
    }

    async fn order_book(&self, _symbol: &Symbol) -> Result<BookSnapshot, ExchangeError> {
        Err(ExchangeError::Unsupported {
            exchange: NAME,
            what: "be asked for a book: its snapshots are in the recording",
        })
    }

    async fn subscribe(&self, symbols: &[Symbol]) -> Result<EventStream, ExchangeError> {
        Ok(self.open(symbols).await?.boxed())
    }
}

impl TypedVenue for ReplayExchange {
    type Stream = ReplayStream;

    async fn open(&self, symbols: &[Symbol]) -> Result<ReplayStream, ExchangeError> {
        let (wanted, venue) = (symbols.to_vec(), self.venue);
        self.with_file(move |file| if wanted.is_empty() { Ok(()) } else { require(file, venue, &wanted) }).await?;
        let opened = lock(&self.opened).take();
        Ok(ReplayStream::open(required(self.file.as_deref())?.to_owned(), opened, self.venue, symbols))
    }
}

impl ReplayExchange {
    /// Does something with the file where it may take its time.
    async fn with_file<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Path) -> Result<T, ExchangeError> + Send + 'static,
    ) -> Result<T, ExchangeError> {
        let file = self.file.clone();
        let done = tokio::task::spawn_blocking(move || work(required(file.as_deref())?)).await;
        done.map_err(|error| ExchangeError::Unavailable { exchange: NAME, reason: error.to_string() })?
    }
}

/// Reads until every symbol was seen. A recording that breaks before says so when it is played, and so does a pipe.
fn require(file: &Path, venue: Option<VenueId>, symbols: &[Symbol]) -> Result<(), ExchangeError> {
    if !is_regular(file) {
        return Ok(());
    }
    let mut reader = reader(file, venue, &[])?;
    loop {
        let missing = symbols.iter().find(|symbol| !reader.symbols().any(|known| known == *symbol));
        let Some(missing) = missing.cloned() else {
            return Ok(());
        };
        match reader.next_event() {
            Ok(Some(_)) => {}
            Ok(None) => {
                let known = if reader.symbols().next().is_none() {
                    "those that it names, and it names none".to_owned()
                } else {
                    list(reader.symbols())
                };
                return Err(ExchangeError::UnknownSymbol { symbol: missing, exchange: NAME, known });
            }
            Err(_) => return Ok(()),
        }
    }
}

fn required(file: Option<&Path>) -> Result<&Path, ExchangeError> {
    file.ok_or(ExchangeError::NotConfigured { exchange: NAME, key: "replay.file" })
}

fn reader(file: &Path, venue: Option<VenueId>, symbols: &[Symbol]) -> Result<RecordingReader, ExchangeError> {
    let only = if let [symbol] = symbols { Some(symbol.clone()) } else { None };
    Ok(RecordingReader::new(file, venue, only)?)
}

/// Whether the file can be read more than once. What is missing is noticed when it is opened.
fn is_regular(file: &Path) -> bool {
    std::fs::metadata(file).map_or(true, |found| found.is_file() || found.is_dir())
}
