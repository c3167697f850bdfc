//! The parser of each venue, by its name.

use crate::model::VenueId;
use crate::venues::wire::{Message, Refused, Sink};
use crate::venues::{binance, bybit};

/// Reads the raw messages of one venue.
#[derive(Debug)]
pub(in crate::venues) enum Parser {
    /// Spot or USD-M.
    Binance(binance::parse::Parser),
    /// One of the products.
    Bybit(bybit::parse::Parser),
}

/// A venue, what else it is called, and who reads its messages.
type Readable = (VenueId, &'static [&'static str], fn(VenueId) -> Parser);

/// The venues whose raw messages are read.
const VENUES: [Readable; 5] = [
    (binance::VENUE, &["binance-spot"], Parser::of_binance),
    (binance::USD_M, &["binance-usdm", "binance-usd-m"], Parser::of_binance),
    (bybit::VENUE, &["bybit-linear", "bybit-inverse"], Parser::of_bybit),
    (bybit::SPOT, &[], Parser::of_bybit),
    (bybit::OPTIONS, &["bybit-option"], Parser::of_bybit),
];

/// The same for people.
pub(in crate::venues) const READABLE: &str = "one of binance, binance-futures, bybit, bybit-spot, bybit-options";

/// The names of the venues whose raw messages are read.
pub fn readable_venues() -> impl Iterator<Item = VenueId> {
    VENUES.into_iter().map(|(venue, ..)| venue)
}

/// The venue of that name, or of another name for it.
pub(in crate::venues) fn readable_venue(name: &str) -> Option<VenueId> {
    VENUES
        .into_iter()
        .find(|(venue, others, _)| venue.as_str() == name || others.contains(&name))
        .map(|(venue, ..)| venue)
}

/// Whether topics of a venue tell of symbols beside those that are subscribed to: trades of options come by what they are about.
pub(in crate::venues) fn tells_more(venue: VenueId) -> bool {
    venue == bybit::OPTIONS
}

impl Parser {
    /// The parser of that venue.
    ///
    /// # Panics
    /// For a venue that is not one of [`readable_venues`].
    pub(in crate::venues) fn of(venue: VenueId) -> Self {
        match VENUES.into_iter().find(|(known, ..)| *known == venue) {
            Some((.., parser)) => parser(venue),
            None => unreachable!("nothing reads the messages of {venue}"),
        }
    }

    fn of_binance(venue: VenueId) -> Self {
        Self::Binance(binance::parse::Parser::new(venue))
    }

    fn of_bybit(venue: VenueId) -> Self {
        Self::Bybit(bybit::parse::Parser::new(venue))
    }

    /// Hands what the message says to `take`, in its order: one statement, several, or why there is none.
    pub(in crate::venues) fn parse(&mut self, text: &str, mut take: impl FnMut(Result<Message, Refused>)) {
        self.parse_into(text, &mut take);
    }

    /// The same with a sink, which may take events in a way of its own.
    pub(in crate::venues) fn parse_into(&mut self, text: &str, sink: &mut impl Sink) {
        match self {
            Self::Binance(parser) => parser.parse(text, sink),
            Self::Bybit(parser) => parser.parse(text, sink),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_venues_are_named_where_one_is_expected() {
        let names: Vec<_> = readable_venues().map(VenueId::as_str).collect();
        assert_eq!(READABLE, format!("one of {}", names.join(", ")));
        assert!(names.iter().all(|name| readable_venue(name).is_some_and(|venue| venue.as_str() == *name)));
        assert_eq!(readable_venue("binance-usdm"), Some(binance::USD_M));
        assert_eq!(readable_venue("mtgox"), None);
    }
}
