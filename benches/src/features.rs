//! Features that are measured besides singletons: groups, modules, scopes, transients, factories and the rest.
//!
//! Both wirings make the same services, so that only the wiring differs.

use std::sync::Arc;

use di_core::dependency::Factory;
use di_core::{container, interface, service};

/// Tells the time.
#[interface]
pub trait IClock {
    /// Milliseconds since the Unix epoch.
    fn now_ms(&self) -> u64;
}

/// A venue.
#[interface]
pub trait IVenue {
    /// The fee in basis points.
    fn fee_bps(&self) -> u64;
}

/// What a module exports.
#[interface]
pub trait IMonitor {
    /// How often it was looked at.
    fn looks(&self) -> u64;
}

/// What is optional.
#[interface]
pub trait ITracer {
    /// Traces something.
    fn trace(&self) -> u64;
}

/// The clock.
#[service(provides = IClock)]
pub struct Clock;
impl IClock for Clock {
    fn now_ms(&self) -> u64 {
        7
    }
}

/// Marks the second clock.
pub struct Backup;

/// A venue.
#[service(provides = IVenue)]
pub struct Bybit;
impl IVenue for Bybit {
    fn fee_bps(&self) -> u64 {
        10
    }
}

/// Another venue.
#[service(provides = IVenue)]
pub struct Simulated;
impl IVenue for Simulated {
    fn fee_bps(&self) -> u64 {
        3
    }
}

/// Static dispatch: `Engine<Bybit>` is monomorphised.
#[service]
pub struct Engine<E: IVenue + ?Sized> {
    venue: Arc<E>,
}
impl<E: IVenue + ?Sized> Engine<E> {
    /// Quotes a price.
    #[inline]
    pub fn quote(&self) -> u64 {
        self.venue.fee_bps() + 1
    }
}

/// The monitor, in a module.
#[service(provides = IMonitor)]
pub struct Monitor {
    clock: Arc<dyn IClock>,
}
impl IMonitor for Monitor {
    fn looks(&self) -> u64 {
        self.clock.now_ms()
    }
}

/// The lowest of three transients, one in the other.
#[service]
pub struct Leg {
    /// Shared by all.
    pub clock: Arc<dyn IClock>,
}

/// The middle transient.
#[service]
pub struct Order {
    /// New for each.
    pub leg: Arc<Leg>,
}

/// The outer transient.
#[service]
pub struct Basket {
    /// New for each.
    pub order: Arc<Order>,
}

/// A transient that may trace.
#[service]
pub struct Traced {
    /// Absent in the container.
    pub tracer: Option<Arc<dyn ITracer>>,
    /// Present in the container.
    pub clock: Option<Arc<dyn IClock>>,
}

/// What the factory makes.
#[service]
pub struct Ticket {
    /// Shared by all.
    pub clock: Arc<dyn IClock>,
    /// Given by the caller.
    #[arg]
    pub quantity: u32,
}

/// Holds the factory.
#[service]
pub struct Desk {
    /// Makes tickets.
    pub tickets: Factory<Ticket, (u32,)>,
}

/// What a scope holds.
#[service]
pub struct Pipe {
    /// The input of the scope.
    pub symbol: Arc<u64>,
    /// From the container around the scope.
    pub clock: Arc<dyn IClock>,
}

/// Wired by `di-core`.
pub mod ours {
    use super::*;

    /// The module.
    #[container(provides = [IMonitor])]
    pub struct Monitoring {
        #[inherit]
        clock: Arc<dyn IClock>,
        monitor: Monitor,
    }

    /// The scope of a symbol.
    #[container]
    pub struct SymbolScope {
        #[inherit]
        clock: Arc<dyn IClock>,
        #[input]
        symbol: u64,
        pipe: Pipe,
    }

    /// One of everything.
    #[container]
    #[absent(dyn ITracer)]
    pub struct App {
        clock: Clock,
        #[qualified(Backup)]
        backup: Clock,
        #[many(dyn IVenue, key = "bybit")]
        #[register(concrete)]
        bybit: Bybit,
        #[many(dyn IVenue, key = "simulated")]
        simulated: Simulated,
        engine: Engine<Bybit>,
        #[module]
        monitoring: Monitoring,
        #[transient]
        leg: Leg,
        #[transient]
        order: Order,
        #[transient]
        basket: Basket,
        #[transient]
        traced: Traced,
        #[transient]
        ticket: Ticket,
        desk: Desk,
        #[scope]
        pub symbol: SymbolScope,
    }
}

/// Wired by hand.
pub mod by_hand {
    use super::*;

    /// A group as one shared slice, with its keys.
    pub type Group<T> = Arc<[(Option<&'static str>, Arc<T>)]>;

    /// The module.
    pub struct Monitoring {
        /// From the container around it.
        pub clock: Arc<dyn IClock>,
        /// Its own.
        pub monitor: Arc<Monitor>,
    }

    /// The scope of a symbol.
    pub struct SymbolScope {
        /// From the container around it.
        pub clock: Arc<dyn IClock>,
        /// Given by the caller.
        pub symbol: Arc<u64>,
        /// Its own.
        pub pipe: Arc<Pipe>,
    }

    /// Holds the factory.
    pub struct Desk {
        /// Makes tickets.
        pub tickets: Arc<dyn Fn(u32) -> Ticket + Send + Sync>,
    }

    /// One of everything that is kept.
    pub struct App {
        /// The clock.
        pub clock: Arc<Clock>,
        /// The second clock.
        pub backup: Arc<Clock>,
        /// A venue.
        pub bybit: Arc<Bybit>,
        /// A venue.
        pub simulated: Arc<Simulated>,
        /// The group of the venues.
        pub venues: Group<dyn IVenue>,
        /// With static dispatch.
        pub engine: Arc<Engine<Bybit>>,
        /// The module, inline.
        pub monitoring: Monitoring,
        /// With the factory.
        pub desk: Arc<Desk>,
    }

    impl App {
        /// Builds everything.
        pub fn build() -> Self {
            let clock = Arc::new(Clock);
            let backup = Arc::new(Clock);
            let bybit = Arc::new(Bybit);
            let simulated = Arc::new(Simulated);
            let venues: Group<dyn IVenue> = Arc::new([
                (Some("bybit"), Arc::clone(&bybit) as Arc<dyn IVenue>),
                (Some("simulated"), Arc::clone(&simulated) as Arc<dyn IVenue>),
            ]);
            let engine = Arc::new(Engine { venue: Arc::clone(&bybit) });
            let monitor = Arc::new(Monitor { clock: Arc::clone(&clock) as Arc<dyn IClock> });
            let monitoring = Monitoring { clock: Arc::clone(&clock) as Arc<dyn IClock>, monitor };
            let kept = Arc::clone(&clock) as Arc<dyn IClock>;
            let tickets = Arc::new(move |quantity| Ticket { clock: Arc::clone(&kept), quantity });
            let desk = Arc::new(Desk { tickets });
            Self { clock, backup, bybit, simulated, venues, engine, monitoring, desk }
        }

        /// Three transients, one in the other.
        pub fn basket(&self) -> Arc<Basket> {
            let leg = Arc::new(Leg { clock: Arc::clone(&self.clock) as Arc<dyn IClock> });
            Arc::new(Basket { order: Arc::new(Order { leg }) })
        }

        /// A transient with an option that is there and one that is not.
        pub fn traced(&self) -> Arc<Traced> {
            Arc::new(Traced { tracer: None, clock: Some(Arc::clone(&self.clock) as Arc<dyn IClock>) })
        }

        /// Makes a scope.
        pub fn symbol(&self, symbol: u64) -> SymbolScope {
            let clock = Arc::clone(&self.clock) as Arc<dyn IClock>;
            let symbol = Arc::new(symbol);
            let pipe = Arc::new(Pipe { symbol: Arc::clone(&symbol), clock: Arc::clone(&clock) });
            SymbolScope { clock, symbol, pipe }
        }
    }
}
