//! The plan of a subscription: connections with their topics, and requests.

use std::time::Duration;

use crate::model::{Symbol, Timestamp};

/// One connection of several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Behind the address of the venue's streams.
    pub path: &'static str,
    /// What is subscribed to.
    pub topics: Vec<String>,
    /// The symbols whose books depend on it.
    pub books: Vec<Symbol>,
    /// The symbols whose trades come through it.
    pub trades: Vec<Symbol>,
}

impl Plan {
    /// Connections of at most `most` topics, one for each symbol and each of `kinds`; those of a symbol are together.
    pub(in crate::venues) fn all(
        path: &'static str,
        symbols: &[Symbol],
        kinds: &[&str],
        most: usize,
        topic: impl Fn(&Symbol, &str) -> String,
    ) -> Vec<Self> {
        let topic = &topic;
        let plan = |symbols: &[Symbol]| {
            let of = |symbol| kinds.iter().map(move |kind| topic(symbol, kind));
            Self {
                path,
                topics: symbols.iter().flat_map(of).collect(),
                books: symbols.to_vec(),
                trades: symbols.to_vec(),
            }
        };
        symbols.chunks(most / kinds.len().max(1)).map(plan).collect()
    }
}

/// What a message says of the connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// A request was granted.
    Accepted,
    /// A request was refused, with the venue's reason.
    Refused(String),
    /// The venue is there.
    Alive,
    /// The venue will close the connection.
    Closing,
}

/// How a book gets a new beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resync {
    /// The book is asked for, and joins the changes.
    Request,
    /// Its topic is subscribed to again: the venue begins it with the book.
    Resubscribe,
}

/// How often a topic has something to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rhythm {
    /// As long as the market is open: books, best prices, tickers.
    Steady,
    /// When people trade, which they do in bursts.
    Trades,
    /// Once in a while: liquidations.
    Rare,
}

/// A request for public data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request<'a> {
    /// The server's time.
    Time,
    /// Instruments, from where the page before has ended.
    Instruments {
        /// Which of the venue's lists.
        list: &'a str,
        /// What that page has said.
        cursor: Option<&'a str>,
    },
    /// The instrument of that name, with the rules of its orders.
    Instrument(&'a Symbol),
    /// The whole book.
    Book(&'a Symbol),
    /// Statistics of the last day.
    Ticker(&'a Symbol),
    /// The last trades.
    Trades(&'a Symbol, usize),
    /// Candles of a length from a time on.
    Candles(&'a Symbol, Duration, Timestamp, usize),
}

impl Request<'_> {
    /// The symbol that it is about.
    pub fn symbol(&self) -> Option<&Symbol> {
        match self {
            Self::Time | Self::Instruments { .. } => None,
            Self::Instrument(symbol)
            | Self::Book(symbol)
            | Self::Ticker(symbol)
            | Self::Trades(symbol, _)
            | Self::Candles(symbol, ..) => Some(symbol),
        }
    }
}

/// A symbol within a query: names may have letters of any script.
pub(in crate::venues) fn encoded(symbol: &Symbol) -> String {
    let byte = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    symbol.as_str().bytes().map(byte).collect()
}
