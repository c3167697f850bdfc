//! The measured operations: each twice, in functions of the same shape that are never inlined.
//!
//! `ours` and `by_hand` have the same names. A test compares the machine code of those that only load a field.

use std::hint::black_box;

/// Slows an operation down if the feature `slowed` is on, so that one can see the gate fail.
#[inline(always)]
fn slow_down() {
    if cfg!(feature = "slowed") {
        for turn in 0..64_u32 {
            black_box(turn);
        }
    }
}

/// Pairs of functions that must cost the same: `name(argument) -> result { ours } { by hand }`.
macro_rules! pairs {
    ($($(#[$doc:meta])* $name:ident($app:ident: $ours:ty | $hand:ty) -> $result:ty | $twin:ty { $code:expr } { $by_hand:expr })*) => {
        /// With `di-core`.
        pub mod ours {
            use di_core::prelude::*;

            use super::types::*;
            $($(#[$doc])* #[inline(never)] pub fn $name($app: $ours) -> $result { super::slow_down(); $code })*
        }
        /// By hand.
        pub mod by_hand {
            use super::types::*;
            $($(#[$doc])* #[inline(never)] pub fn $name($app: $hand) -> $twin { $by_hand })*
        }
    };
}

mod types {
    pub(super) use std::sync::Arc;

    pub(super) use crate::features::by_hand as fh;
    pub(super) use crate::features::ours as fo;
    pub(super) use crate::features::*;
    pub(super) use crate::{hundred, ten};
}

pairs! {
    /// `&dyn I` of a singleton.
    interface_ref(app: &ten::ours::App | &ten::by_hand::App) -> &dyn ten::ours::I9 | &dyn ten::by_hand::I9
        { app.get() } { &*app.s9 }
    /// `&T` of a singleton.
    concrete_ref(app: &ten::ours::App | &ten::by_hand::App) -> &ten::ours::S9 | &ten::by_hand::S9
        { app.get() } { &app.s9 }
    /// `Arc<dyn I>` of a singleton.
    interface_arc(app: &ten::ours::App | &ten::by_hand::App) -> Arc<dyn ten::ours::I9> | Arc<dyn ten::by_hand::I9>
        { app.shared() } { Arc::clone(&app.s9) as Arc<dyn ten::by_hand::I9> }
    /// `Arc<T>` of a singleton.
    concrete_arc(app: &ten::ours::App | &ten::by_hand::App) -> Arc<ten::ours::S9> | Arc<ten::by_hand::S9>
        { app.shared() } { Arc::clone(&app.s9) }
    /// The binding under a qualifier.
    qualified(app: &fo::App | &fh::App) -> &dyn IClock | &dyn IClock
        { app.qualified::<Backup>().get() } { &*app.backup }
    /// A member of a group by its key.
    keyed(app: &fo::App | &fh::App) -> u64 | u64
        { app.many::<dyn IVenue>().by_key("simulated").map_or(0, |venue| venue.fee_bps()) }
        { app.venues.iter().find(|(key, _)| *key == Some("simulated")).map_or(0, |(_, venue)| venue.fee_bps()) }
    /// Every member of a group.
    group(app: &fo::App | &fh::App) -> u64 | u64
        { app.many::<dyn IVenue>().iter().map(|venue| venue.fee_bps()).sum() }
        { app.venues.iter().map(|(_, venue)| venue.fee_bps()).sum() }
    /// Through a module.
    module(app: &fo::App | &fh::App) -> &dyn IMonitor | &dyn IMonitor
        { app.get() } { &*app.monitoring.monitor }
    /// In a scope.
    scope_ref(scope: &fo::SymbolScope | &fh::SymbolScope) -> &Pipe | &Pipe
        { scope.get() } { &scope.pipe }
    /// What a scope inherited.
    inherited(scope: &fo::SymbolScope | &fh::SymbolScope) -> &dyn IClock | &dyn IClock
        { scope.get() } { &*scope.clock }
    /// A transient with optional dependencies, one there and one absent.
    optional(app: &fo::App | &fh::App) -> Arc<Traced> | Arc<Traced>
        { app.shared() } { app.traced() }
    /// Through `Engine<Bybit>`, monomorphised.
    static_dispatch(app: &fo::App | &fh::App) -> u64 | u64
        { app.get::<Engine<Bybit>>().quote() } { app.engine.quote() }
    /// Three transients, one in the other.
    transient(app: &fo::App | &fh::App) -> Arc<Basket> | Arc<Basket>
        { app.shared() } { app.basket() }
    /// A scope with an input, something inherited and a service of its own.
    scope(app: &fo::App | &fh::App) -> fo::SymbolScope | fh::SymbolScope
        { app.symbol(fo::SymbolScopeInputs { symbol: 7 }) } { app.symbol(7) }
    /// A ticket from a factory with an argument.
    factory(desk: &Desk | &fh::Desk) -> Ticket | Ticket
        { desk.tickets.make((7,)) } { (desk.tickets)(7) }
    /// Ten services.
    build_ten(_start: () | ()) -> ten::ours::App | ten::by_hand::App
        { ten::ours::App::build(ten::ours::AppInputs {}) } { ten::by_hand::App::build() }
    /// A hundred services.
    build_hundred(_start: () | ()) -> hundred::ours::App | hundred::by_hand::App
        { hundred::ours::App::build(hundred::ours::AppInputs {}) } { hundred::by_hand::App::build() }
    /// A module, groups, a factory and the rest.
    build_features(_start: () | ()) -> fo::App | fh::App
        { fo::App::build(fo::AppInputs {}) } { fh::App::build() }
}

/// The list of all operations, for whoever wants to run each: calls `$callback! { $first { name(start: Type) .. } }`.
#[macro_export]
macro_rules! for_each_operation {
    ($callback:ident { $($first:tt)* }) => {
        $callback! {
            { $($first)* }
            interface_ref(ten: Ten)
            concrete_ref(ten: Ten)
            interface_arc(ten: Ten)
            concrete_arc(ten: Ten)
            qualified(features: Features)
            keyed(features: Features)
            group(features: Features)
            module(features: Features)
            scope_ref(scope: Scope)
            inherited(scope: Scope)
            optional(features: Features)
            static_dispatch(features: Features)
            transient(features: Features)
            scope(features: Features)
            factory(desk: Desk)
            build_ten(nothing: Nothing)
            build_hundred(nothing: Nothing)
            build_features(nothing: Nothing)
        }
    };
}
