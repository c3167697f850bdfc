//! A trading system on its way from concrete types to interfaces.
//!
//! It stands where such systems stand before they begin: 33 registrations, of which the four that are called done are by
//! interface, 12.1 per cent. Four weeks later it is 97 per cent. Each week is a feature, so that one source builds in every
//! phase, and the tests are the same in all of them. `cargo run -p migration-story` tells the story in figures; the
//! guide's chapter on migration tells it in words.

pub mod app;
pub mod system;

/// The phase that is built.
pub const PHASE: &str = if cfg!(all(feature = "week4", feature = "rollback")) {
    "week4-rollback"
} else if cfg!(feature = "week4") {
    "week4"
} else if cfg!(feature = "week4-analysis") {
    "week4-analysis"
} else if cfg!(feature = "week4-reporting") {
    "week4-reporting"
} else if cfg!(feature = "week3") {
    "week3"
} else if cfg!(feature = "week2") {
    "week2"
} else if cfg!(feature = "week1") {
    "week1"
} else {
    "before"
};
