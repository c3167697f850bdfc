//! Settings of live venues: where they are, and when a connection is given up.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::model::duration;
use crate::ports::{Rules, Section};
use crate::venues::readable_venues;

/// Where a venue is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Endpoints {
    /// Where it is asked, without a path: `https://api.bybit.com`.
    pub rest: String,
    /// Where it streams, without a path: `wss://stream.bybit.com`.
    pub stream: String,
}

/// All live venues.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Binance's spot market.
    pub binance: Endpoints,
    /// Binance's futures in dollars.
    pub binance_futures: Endpoints,
    /// Bybit, all products.
    pub bybit: Endpoints,
    /// A venue that has not let us in, or not answered a request, for so long did not answer.
    #[serde(with = "duration")]
    pub connect_timeout: Duration,
    /// A connection on which nothing came for so long is dead.
    #[serde(with = "duration")]
    pub idle_timeout: Duration,
    /// A subscription that was acknowledged and has brought nothing for so long is degraded.
    #[serde(with = "duration")]
    pub silent_after: Duration,
    /// The first pause before a connection is made again; pauses double, with jitter.
    #[serde(with = "duration")]
    pub first_pause: Duration,
    /// The longest pause.
    #[serde(with = "duration")]
    pub longest_pause: Duration,
    /// A connection is replaced by a second one at this age; Binance closes them after a day.
    #[serde(with = "duration")]
    pub life: Duration,
    /// How often the rules of orders are asked for again; they are also asked for when a connection was lost and made again.
    #[serde(with = "duration")]
    pub rules_every: Duration,
    /// So many candles of each length the venue is asked for at the start and after a gap, and as many more as a longer one
    /// begins with; with 0 it is asked for none.
    pub candles: usize,
    /// Where the run is recorded; also `record --out`.
    pub record: Option<PathBuf>,
}

impl Default for Settings {
    fn default() -> Self {
        let endpoints = |rest: &str, stream: &str| Endpoints { rest: rest.to_owned(), stream: stream.to_owned() };
        Self {
            // https://developers.binance.com/docs/binance-spot-api-docs/web-socket-streams
            binance: endpoints("https://api.binance.com", "wss://stream.binance.com:9443"),
            // https://developers.binance.com/docs/derivatives/usds-margined-futures/general-info
            binance_futures: endpoints("https://fapi.binance.com", "wss://fstream.binance.com"),
            // https://bybit-exchange.github.io/docs/v5/ws/connect
            bybit: endpoints("https://api.bybit.com", "wss://stream.bybit.com"),
            connect_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(60),
            silent_after: Duration::from_secs(30),
            first_pause: Duration::from_millis(500),
            longest_pause: Duration::from_secs(30),
            life: Duration::from_secs(23 * 60 * 60),
            rules_every: Duration::from_secs(60 * 60),
            candles: 1_000,
            record: None,
        }
    }
}

impl Settings {
    /// Whether a run with that order of venues can be recorded: it is of one live venue.
    pub(crate) fn can_be_recorded(order: &[String]) -> bool {
        matches!(order, [only] if readable_venues().any(|venue| venue.as_str() == only))
    }
}

impl Section for Settings {
    const NAME: &'static str = "live";

    fn check(&self, rules: &mut Rules) {
        for (name, endpoints) in
            [("binance", &self.binance), ("binance_futures", &self.binance_futures), ("bybit", &self.bybit)]
        {
            let (rest, stream) = (&endpoints.rest, &endpoints.stream);
            let is_http = rest.starts_with("https://") || rest.starts_with("http://");
            rules.require(&format!("{name}.rest"), is_http, "an address with https:// or http://", rest);
            let is_ws = stream.starts_with("wss://") || stream.starts_with("ws://");
            rules.require(&format!("{name}.stream"), is_ws, "an address with wss:// or ws://", stream);
        }
        for (key, value) in [
            ("connect_timeout", self.connect_timeout),
            ("idle_timeout", self.idle_timeout),
            ("silent_after", self.silent_after),
            ("first_pause", self.first_pause),
            ("longest_pause", self.longest_pause),
            ("life", self.life),
            ("rules_every", self.rules_every),
        ] {
            rules.positive(key, value);
        }
    }
}
