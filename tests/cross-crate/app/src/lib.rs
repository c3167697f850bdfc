//! The container, in a third crate than its services.

use cross_crate_market::Market;
use cross_crate_venue::{Bybit, Log};
use di_core::container;

/// A market with its venue, each under its type and its interfaces.
#[container]
pub struct App {
    /// Declared before what it needs.
    pub market: Market,
    /// The venue.
    pub bybit: Bybit,
    /// Where constructors are noted.
    #[input]
    pub log: Log,
}

/// Services behind paths, which an override in another crate has to find again.
#[expect(unused_qualifications, reason = "paths that begin at the crate are what an override elsewhere has to follow")]
pub mod hours {
    use std::sync::Arc;

    use di_core::{container, interface, service};

    /// What time it is.
    #[interface]
    pub trait IClock {
        /// The hour.
        fn hour(&self) -> u32;
    }

    /// Whether it is open.
    #[interface]
    pub trait IDoor {
        /// Whether it is.
        fn is_open(&self) -> bool;
    }

    /// Services with a path of their own.
    pub mod parts {
        use super::{Arc, IClock, IDoor, service};

        /// It is night.
        #[service(provides = IClock)]
        #[derive(Debug)]
        pub struct Night;

        impl IClock for Night {
            fn hour(&self) -> u32 {
                3
            }
        }

        /// It is open by day.
        #[service(provides = IDoor)]
        pub struct Door {
            clock: Arc<dyn IClock>,
        }

        impl std::fmt::Debug for Door {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("Door")
            }
        }

        impl IDoor for Door {
            fn is_open(&self) -> bool {
                (8..20).contains(&self.clock.hour())
            }
        }
    }

    /// One path begins at the crate, the other at a module that stands beside the container.
    #[container(provides = crate::hours::IDoor)]
    pub struct Hours {
        clock: crate::hours::parts::Night,
        door: parts::Door,
    }
}
