//! What is measured: each graph twice, with `di-core` and the same thing written by hand.
//!
//! The commands of this package are `gate` (limits and the table) and `compile_time`; the README of the repository and
//! `docs/performance.md` say how to run them.

pub mod features;
pub mod generate;
pub mod operations;

/// Ten services in a chain.
pub mod ten {
    /// Wired by `di-core`.
    pub mod ours {
        include!(concat!(env!("OUT_DIR"), "/ten_ours.rs"));
    }

    /// Wired by hand.
    #[expect(missing_debug_implementations, reason = "the twin is what one would write, and no more")]
    pub mod by_hand {
        include!(concat!(env!("OUT_DIR"), "/ten_by_hand.rs"));
    }
}

/// A hundred services in a chain.
pub mod hundred {
    /// Wired by `di-core`.
    pub mod ours {
        include!(concat!(env!("OUT_DIR"), "/hundred_ours.rs"));
    }

    /// Wired by hand.
    #[expect(missing_debug_implementations, reason = "the twin is what one would write, and no more")]
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
