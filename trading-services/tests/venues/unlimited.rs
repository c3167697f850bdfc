//! A venue that may be asked as often as one likes: doubles on loopback lose no time.

use std::marker::PhantomData;
use std::time::Duration;

use http::{HeaderMap, StatusCode};
use trading_services::model::{Symbol, Timestamp, VenueId};
use trading_services::ports::ExchangeError;
use trading_services::venues::live::{Answer, Endpoints, Limit, Plan, Protocol, Request, Resync, Rhythm, Settings};

/// The protocol of a venue, whose requests weigh nothing, and which lets in everybody.
pub(crate) struct Unlimited<P>(PhantomData<fn() -> P>);

impl<P: Protocol> Protocol for Unlimited<P> {
    const VENUE: VenueId = P::VENUE;
    const PING: Option<(&'static str, Duration)> = P::PING;
    const PACE: Duration = P::PACE;
    const TOPICS: usize = P::TOPICS;
    const RESYNC: Resync = P::RESYNC;
    const LIMIT: Limit = P::LIMIT;
    const CONNECTIONS: Limit = Limit { weight: u32::MAX, window: Duration::from_secs(1) };

    fn weight(_request: &Request<'_>) -> u32 {
        0
    }

    fn endpoints(settings: &Settings) -> &Endpoints {
        P::endpoints(settings)
    }

    fn plans(symbols: &[Symbol]) -> Vec<Plan> {
        P::plans(symbols)
    }

    fn subscription(topics: &[String], ends: bool, id: u64) -> String {
        P::subscription(topics, ends, id)
    }

    fn answer(text: &str) -> Option<Answer> {
        P::answer(text)
    }

    fn topic(text: &str) -> Option<&str> {
        P::topic(text)
    }

    fn rhythm(topic: &str) -> Rhythm {
        P::rhythm(topic)
    }

    fn book_topic(symbol: &Symbol) -> String {
        P::book_topic(symbol)
    }

    fn trade_topic(symbol: &Symbol) -> String {
        P::trade_topic(symbol)
    }

    fn snapshot(symbol: &Symbol, body: &str) -> String {
        P::snapshot(symbol, body)
    }

    fn server_time(body: &str) -> Option<Timestamp> {
        P::server_time(body)
    }

    fn instrument(symbol: &Symbol, body: &str) -> Option<String> {
        P::instrument(symbol, body)
    }

    fn path(request: &Request<'_>) -> Option<String> {
        P::path(request)
    }

    fn check(
        status: StatusCode,
        headers: &HeaderMap,
        body: &str,
        symbol: Option<&Symbol>,
        now: Duration,
    ) -> Result<(), ExchangeError> {
        P::check(status, headers, body, symbol, now)
    }
}
