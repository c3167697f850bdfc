//! The container, written out in a third crate than its services: what `#[container]` stands for.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use by_hand_market::Market;
use by_hand_venue::{Bybit, Log};
use di_core::__private::{
    Assemble, Concrete, Construct, Contents, Decoded, Keeps, Stored, Tables, Unqualified, Visitor, close, give, lookup,
};
use di_core::Service;
use di_core::error::{CloseError, LookupError};

/// A market with its venue, each under its type and its interfaces.
pub struct App {
    market: Arc<Market>,
    bybit: Arc<Bybit>,
    log: Arc<Log>,
}

/// What the caller of `App::build` supplies.
#[derive(Debug)]
pub struct AppInputs {
    /// Where constructors are noted.
    pub log: Log,
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("App")
    }
}

impl App {
    /// Builds an `App`: every service after what it needs.
    pub fn build(AppInputs { log }: AppInputs) -> Self {
        let log = Arc::new(log);
        let bybit = Arc::new(Bybit::construct((give(&log),)));
        let market = Arc::new(Market::construct((give(&bybit), give(&bybit), give(&log))));
        Self { market, bybit, log }
    }

    /// The instance of a service by its own name or its field's.
    ///
    /// # Errors
    ///
    /// No service is called so, several are, or the container keeps no instance of it.
    pub fn lookup(&self, name: &str) -> Result<Arc<dyn Any + Send + Sync>, LookupError> {
        lookup(self, name)
    }

    /// Closes every service, dependents before what they depend on, and drops the container.
    ///
    /// # Errors
    ///
    /// The services that could not be closed; all others have been.
    pub fn close(self) -> Result<(), CloseError> {
        close(&self)
    }
}

impl Service for App {
    type Mode = di_core::mode::Infallible;
}

// It inherits nothing.
impl Assemble<()> for App {
    fn assemble((): (), inputs: AppInputs) -> Self {
        Self::build(inputs)
    }
}

// `market: Market`; that it answers `dyn IMarket` and `dyn IHealth` as well says the service.
impl Keeps<Market> for App {
    fn stored(&self) -> Stored<'_, Market> {
        Stored::Shared(&self.market)
    }
}

// `bybit: Bybit`
impl Keeps<Bybit> for App {
    fn stored(&self) -> Stored<'_, Bybit> {
        Stored::Shared(&self.bybit)
    }
}

// `#[input] log: Log`, which answers its own type alone.
impl Keeps<Log, Unqualified, Concrete> for App {
    fn stored(&self) -> Stored<'_, Log> {
        Stored::Shared(&self.log)
    }
}

// With its contents, a service is a container.
impl Contents for App {
    type Supplied = AppInputs;
    type Tables = Decoded<Self, 3, 4, 18>;

    fn visit<'a, V: Visitor<'a>>(&'a self, visitor: &mut V) {
        visitor.service(0, &self.market);
        visitor.service(1, &self.bybit);
    }
}

// The graph: its words, the container's name first, and what they mean. `di_core::graph` takes it apart.
#[rustfmt::skip]
impl<X> Tables<X, 3, 4, 18> for App {
    const WORDS: &'static str = "\
        App\
        marketMarketdyn IMarketdyn IHealthvenuedyn IVenuebybitBybitlogLog\
        bybitBybitdyn IVenuelogLog\
        logLog";
    const CODE: &'static [u8] = &[
        // How long each word is.
        3, 0,
        6, 0, 6, 0, 11, 0, 11, 0, 5, 0, 10, 0, 5, 0, 5, 0, 3, 0, 3, 0,
        5, 0, 5, 0, 10, 0, 3, 0, 3, 0,
        3, 0, 3, 0,
        // Both keys, unless a field says otherwise; nothing is absent.
        0, 0, 0,
        // Kind, registration and flags, two interfaces, three edges; each edge: wanted, without a qualifier, to a node.
        0, 0, 0, 0, 2, 0, 3, 0,
            0, 0, 0, 1, 0,
            0, 0, 0, 1, 0,
            0, 0, 0, 2, 0,
        0, 0, 0, 0, 1, 0, 1, 0,
            0, 0, 0, 2, 0,
        // An input.
        2, 0, 0, 0, 0, 0, 0, 0,
        // The order of the build.
        2, 0, 1, 0, 0, 0,
    ];
    const PLACES: &'static str = "";
}
