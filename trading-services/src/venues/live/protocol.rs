//! The protocol of a venue: addresses, topics, answers, requests, errors, limits.

use std::time::Duration;

use http::StatusCode;
use http::header::HeaderMap;

use super::{Answer, Endpoints, Limit, Plan, Request, Resync, Rhythm, Settings};
use crate::model::{Symbol, Timestamp, VenueId};
use crate::ports::ExchangeError;

/// The public interface of one venue, as [`LiveExchange`](super::LiveExchange) uses it.
pub trait Protocol: Send + Sync + 'static {
    /// The venue.
    const VENUE: VenueId;
    /// What we send to show that we are there, and how often; where there is none, the venue asks.
    const PING: Option<(&'static str, Duration)>;
    /// The least time between two of our messages.
    const PACE: Duration;
    /// How many topics a message of ours may have.
    const TOPICS: usize;
    /// How a book gets a new beginning.
    const RESYNC: Resync;
    /// How much may be asked for.
    const LIMIT: Limit;
    /// How many connections may be made, each of the weight 1.
    const CONNECTIONS: Limit;

    /// Where the venue is.
    fn endpoints(settings: &Settings) -> &Endpoints;

    /// The connections that `symbols` need.
    fn plans(symbols: &[Symbol]) -> Vec<Plan>;

    /// The message that subscribes to `topics`, or ends that; `id` tells it from the others of its connection.
    fn subscription(topics: &[String], ends: bool, id: u64) -> String;

    /// What a message says of the connection; `None` when it is about the market.
    fn answer(text: &str) -> Option<Answer>;

    /// The topic of a message about the market.
    fn topic(text: &str) -> Option<&str>;

    /// How often a topic has something to say.
    fn rhythm(topic: &str) -> Rhythm;

    /// The topic of a symbol's book.
    fn book_topic(symbol: &Symbol) -> String;

    /// The topic of a symbol's trades.
    fn trade_topic(symbol: &Symbol) -> String;

    /// A body with a whole book, as it stands among the messages of the stream.
    fn snapshot(_symbol: &Symbol, body: &str) -> String {
        body.to_owned()
    }

    /// A body with one instrument, as it stands among the messages of the stream; `None` when it is not in there.
    fn instrument(symbol: &Symbol, body: &str) -> Option<String>;

    /// What a body with the time of the server says.
    fn server_time(body: &str) -> Option<Timestamp>;

    /// The lists of its instruments, each of which is asked for by itself; `symbols` are those that are wanted.
    fn lists(_symbols: &[Symbol]) -> Vec<String> {
        vec![String::new()]
    }

    /// Where the next page of a list begins; nothing after the last, and where there are no pages.
    fn cursor(_body: &str) -> Option<String> {
        None
    }

    /// The path and the query of a request; `None` when the venue does not have it.
    fn path(request: &Request<'_>) -> Option<String>;

    /// What a request weighs in that.
    fn weight(request: &Request<'_>) -> u32;

    /// The weight that was used up within the minute of the answer, where its headers say so.
    fn used(_headers: &HeaderMap) -> Option<u32> {
        None
    }

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
    fn pause(_headers: &HeaderMap, _now: Duration) -> Option<Duration> {
        None
    }
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
