//! On which containers the operations run: built once, kept for as long as the process runs.

/// Keeps a value for as long as the process runs.
fn forever<T>(value: T) -> &'static T {
    Box::leak(Box::new(value))
}

/// With `di-core`.
pub mod ours {
    use di_core::prelude::*;

    use super::forever;
    use crate::{features, ten};

    /// Ten services.
    pub type Ten = &'static ten::ours::App;
    /// One of everything.
    pub type Features = &'static features::ours::App;
    /// Holds a factory.
    pub type Desk = &'static features::Desk;
    /// A scope.
    pub type Scope = &'static features::ours::SymbolScope;
    /// An operation that builds starts from nothing.
    pub type Nothing = ();

    /// Ten services.
    pub fn ten() -> Ten {
        forever(ten::ours::App::build(ten::ours::AppInputs {}))
    }

    /// One of everything.
    pub fn features() -> Features {
        forever(features::ours::App::build(features::ours::AppInputs {}))
    }

    /// Holds a factory.
    pub fn desk() -> Desk {
        features().get()
    }

    /// A scope.
    pub fn scope() -> Scope {
        forever(features().symbol(features::ours::SymbolScopeInputs { symbol: 7 }))
    }

    /// Nothing.
    pub fn nothing() {}
}

/// By hand.
pub mod by_hand {
    use super::forever;
    use crate::{features, ten};

    /// Ten services.
    pub type Ten = &'static ten::by_hand::App;
    /// One of everything.
    pub type Features = &'static features::by_hand::App;
    /// Holds a factory.
    pub type Desk = &'static features::by_hand::Desk;
    /// A scope.
    pub type Scope = &'static features::by_hand::SymbolScope;
    /// An operation that builds starts from nothing.
    pub type Nothing = ();

    /// Ten services.
    pub fn ten() -> Ten {
        forever(ten::by_hand::App::build())
    }

    /// One of everything.
    pub fn features() -> Features {
        forever(features::by_hand::App::build())
    }

    /// Holds a factory.
    pub fn desk() -> Desk {
        &features().desk
    }

    /// A scope.
    pub fn scope() -> Scope {
        forever(features().symbol(7))
    }

    /// Nothing.
    pub fn nothing() {}
}
