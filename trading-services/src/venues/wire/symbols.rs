//! Instruments by the names that messages use, each made once.

use std::collections::HashMap;

use super::shown;
use crate::model::{InstrumentId, Symbol, VenueId};

/// More names than any venue has; beyond them, names are made again for each message.
const MAX_NAMES: usize = 100_000;

/// A recording or a subscription has few instruments as a rule; these are found without a hash.
const FEW: usize = 16;

/// The instruments that messages have named so far.
#[derive(Debug)]
pub(in crate::venues) struct Symbols {
    venue: VenueId,
    first: Vec<InstrumentId>,
    known: HashMap<Box<str>, InstrumentId>,
}

impl Symbols {
    /// Instruments of that venue; none was named yet.
    pub(in crate::venues) fn new(venue: VenueId) -> Self {
        Self { venue, first: Vec::new(), known: HashMap::new() }
    }

    /// The venue of all of them.
    pub(in crate::venues) fn venue(&self) -> VenueId {
        self.venue
    }

    /// The instrument of that name.
    #[inline]
    pub(in crate::venues) fn get(&mut self, name: &str) -> Result<InstrumentId, String> {
        match self.first.iter().find(|instrument| instrument.symbol.as_str() == name) {
            Some(instrument) => Ok(instrument.clone()),
            None => self.other(name),
        }
    }

    /// The instrument of a name that is not one of the first few.
    fn other(&mut self, name: &str) -> Result<InstrumentId, String> {
        if let Some(instrument) = self.known.get(name) {
            return Ok(instrument.clone());
        }
        let is_none = |_| format!("a message that names {}, found {}", Symbol::EXPECTED, shown(name));
        let symbol: Symbol = name.parse().map_err(is_none)?;
        let instrument = InstrumentId::new(self.venue, symbol);
        if self.first.len() < FEW {
            self.first.push(instrument.clone());
        }
        if self.known.len() < MAX_NAMES {
            self.known.insert(name.into(), instrument.clone());
        }
        Ok(instrument)
    }
}
