//! The graphs that are measured: each twice, with `di-core` and the same thing written by hand.
//!
//! The command of this package is `gate`: limits, the table, and what changed since an earlier run.

#[expect(missing_debug_implementations, reason = "the services are what one would write, and no more")]
pub mod features;
pub mod files;
pub mod generate;
pub mod operations;
pub mod start;

/// Ten services in a chain.
#[expect(missing_debug_implementations, reason = "the services are what one would write, and no more")]
pub mod ten {
    /// Wired by `di-core`.
    pub mod ours {
        include!(concat!(env!("OUT_DIR"), "/ten_ours.rs"));
    }

    /// Wired by hand.
    pub mod by_hand {
        include!(concat!(env!("OUT_DIR"), "/ten_by_hand.rs"));
    }
}

/// A hundred services in a chain.
#[expect(missing_debug_implementations, reason = "the services are what one would write, and no more")]
pub mod hundred {
    /// Wired by `di-core`.
    pub mod ours {
        include!(concat!(env!("OUT_DIR"), "/hundred_ours.rs"));
    }

    /// Wired by hand.
    pub mod by_hand {
        include!(concat!(env!("OUT_DIR"), "/hundred_by_hand.rs"));
    }
}

/// A hundred services, each of which waits a millisecond to start.
pub mod slow_start {
    use std::sync::Arc;

    use di_core::{container, service};

    include!(concat!(env!("OUT_DIR"), "/slow_start.rs"));
}
