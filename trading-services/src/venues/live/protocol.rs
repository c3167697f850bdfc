//! The protocol of a venue: addresses, topics, answers, requests, errors, limits.

use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::HeaderMap;

use super::{Answer, Endpoints, Plan, Request, Resync, Settings};
use crate::model::{Symbol, VenueId};
use crate::ports::ExchangeError;

/// The public interface of one venue, as [`LiveExchange`](super::LiveExchange) uses it.
pub trait Protocol: Send + Sync + 'static {
    /// The venue.
    const VENUE: VenueId;
    /// What we send to show that we are there, and how often; where there is none, the venue asks.
    const PING: Option<(&'static str, Duration)>;
    /// The least time between two of our messages.
    const PACE: Duration;

    /// Where the venue is.
    fn endpoints(settings: &Settings) -> &Endpoints;

    /// The connections that `symbols` need.
    fn plans(symbols: &[Symbol]) -> Vec<Plan>;

    /// The messages that subscribe to `topics`, or end that, each of the size that the venue allows.
    fn subscriptions(topics: &[String], ends: bool) -> Vec<String>;

    /// What a message says of the connection; `None` when it is about the market.
    fn answer(text: &str) -> Option<Answer>;

    /// The topic of a message about the market.
    fn topic(text: &str) -> Option<&str>;

    /// Whether a topic may be silent for long: liquidations are rare.
    fn is_rare(topic: &str) -> bool;

    /// How the book of a symbol gets a new beginning.
    fn resync(symbol: &Symbol) -> Resync;

    /// A body with a whole book, as it stands among the messages of the stream.
    fn snapshot(_symbol: &Symbol, body: &str) -> String {
        body.to_owned()
    }

    /// A body with one instrument, as it stands among the messages of the stream; `None` when it is not in there.
    fn instrument(symbol: &Symbol, body: &str) -> Option<String>;

    /// Where the next page of a list begins; nothing after the last, and where there are no pages.
    fn cursor(_body: &str) -> Option<String> {
        None
    }

    /// The path and the query of a request; `None` when the venue does not have it.
    fn path(request: &Request<'_>) -> Option<String>;

    /// What an answer says beside its content, which is an error or nothing; `now` is by the venue's clock, since 1970.
    ///
    /// # Errors
    /// The venue's error.
    fn check(
        status: StatusCode,
        headers: &HeaderMap,
        body: &str,
        symbol: Option<&Symbol>,
        now: Duration,
    ) -> Result<(), ExchangeError>;

    /// How long no request may be made after an answer, by its headers; `None` when there is room left. `now` is by the
    /// venue's clock, since 1970.
    fn pause(headers: &HeaderMap, now: Duration) -> Option<Duration>;
}

/// The error of a venue that does not know the symbol that was asked for; with none, it refuses something else.
pub(in crate::venues) fn unknown_symbol(
    exchange: &'static str,
    symbol: Option<&Symbol>,
    code: i64,
    reason: String,
) -> ExchangeError {
    match symbol {
        Some(symbol) => ExchangeError::UnknownSymbol {
            symbol: symbol.clone(),
            exchange,
            known: "those of its list of instruments".to_owned(),
        },
        None => ExchangeError::Refused { exchange, code, reason },
    }
}
