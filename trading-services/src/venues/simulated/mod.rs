//! The simulated venue: a seed becomes books, trades and their messages.

mod book;
mod exchange;
mod settings;
mod simulation;

use crate::model::VenueId;

pub use exchange::{SimulatedExchange, SimulatedStream};
pub use settings::Settings;

/// The name of the venue.
const VENUE: VenueId = VenueId::new("simulated");
