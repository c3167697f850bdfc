//! Instruments by the names that messages use, each made once.

use std::collections::HashMap;

use super::VENUE;
use crate::model::{InstrumentId, Symbol};

/// More names than any venue has; beyond them, names are made again for each message.
const MAX_NAMES: usize = 100_000;

/// A recording or a subscription has few instruments as a rule; these are found without a hash.
const FEW: usize = 16;

/// The instruments that messages have named so far.
#[derive(Debug, Default)]
pub(super) struct Symbols {
    first: Vec<InstrumentId>,
    known: HashMap<Box<str>, InstrumentId>,
}

impl Symbols {
    /// The instrument of that name.
    pub(super) fn get(&mut self, name: &str) -> Result<InstrumentId, String> {
        let first = self.first.iter().find(|instrument| instrument.symbol.as_str() == name);
        if let Some(instrument) = first.or_else(|| self.known.get(name)) {
            return Ok(instrument.clone());
        }
        let symbol: Symbol = name.parse().map_err(|error| format!("a message whose field `s` is a symbol: {error}"))?;
        let instrument = InstrumentId::new(VENUE, symbol);
        if self.first.len() < FEW {
            self.first.push(instrument.clone());
        }
        if self.known.len() < MAX_NAMES {
            self.known.insert(name.into(), instrument.clone());
        }
        Ok(instrument)
    }
}
