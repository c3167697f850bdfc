//! Hostile servers: a book is right, or declared not to be.
//!
//! The server keeps a book of its own, in a model that shares nothing with ours, and plays random schedules: it leaves out
//! changes, repeats and reorders them, sends old books, garbage and huge frames, begins its numbers again, cuts the
//! connection. Bybit sends its book among the changes; that of Binance is asked for, and the answer may be an old one, or
//! none; a change of USD-M names the one before it. The seed is printed; `HOSTILE_SEED` plays one again.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::{SinkExt, StreamExt};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use tokio_tungstenite::tungstenite::Message;
use trading_services::data::{Markets, Settings};
use trading_services::model::EventKind;
use trading_services::ports::{IExchange, TypedVenue};
use trading_services::venues::live::Protocol;
use trading_services::venues::{binance, bybit};

use crate::live::{btc, settings, venue};
use crate::server::{Bodies, Peer, Streams};
use crate::unlimited::Unlimited;

/// How many schedules are played.
const SCHEDULES: u64 = 200;
/// How many steps one has.
const STEPS: usize = 24;
/// No schedule takes longer, or the test has found something.
const PATIENCE: Duration = Duration::from_secs(60);

/// Price and quantity as the server writes them.
type Side = BTreeMap<u32, u32>;

/// By which rule a book and its changes join.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Rule {
    #[default]
    Bybit,
    Binance,
    /// USD-M: a change names the one before it, and its numbers leave some out.
    UsdM,
}

/// The server's book, and what it was at each of its numbers.
#[derive(Default)]
struct Model {
    rule: Rule,
    number: u64,
    /// The number before the last change.
    previous: u64,
    bids: Side,
    asks: Side,
    past: HashMap<u64, (Side, Side)>,
    last_snapshot: String,
    has_restarted: bool,
    is_over: bool,
    /// Milliseconds since the first message: each is later than the one before.
    time: u64,
}

impl Model {
    fn new(rule: Rule, seed: u64) -> Self {
        let mut model = Self { rule, number: 1_000_000 + seed * 1_000, ..Self::default() };
        for step in 1..=5 {
            model.bids.insert(1_000 - step, step);
            model.asks.insert(1_000 + step, step);
        }
        model.remember();
        model
    }

    fn remember(&mut self) {
        self.past.insert(self.number, (self.bids.clone(), self.asks.clone()));
    }

    fn snapshot(&mut self) -> String {
        let (bids, asks) = (levels(&self.bids), levels(&self.asks));
        self.last_snapshot = match self.rule {
            Rule::Bybit => self.message("snapshot", &bids, &asks),
            Rule::Binance => format!(r#"{{"lastUpdateId":{},"bids":[{bids}],"asks":[{asks}]}}"#, self.number),
            Rule::UsdM => format!(
                r#"{{"lastUpdateId":{},"E":1787612486096,"T":1787612486096,"bids":[{bids}],"asks":[{asks}]}}"#,
                self.number
            ),
        };
        self.last_snapshot.clone()
    }

    /// Changes a level of each side, never so that they cross, and returns the message.
    fn delta(&mut self, random: &mut ChaCha8Rng) -> String {
        self.previous = self.number;
        self.number += if self.rule == Rule::UsdM { u64::from(1 + random.next_u32() % 40) } else { 1 };
        let (near, size) = (1 + random.next_u32() % 5, random.next_u32() % 9);
        let (bid, ask) = (1_000 - near, 1_000 + near);
        let change = |side: &mut Side, price: u32, size: u32| {
            if size == 0 {
                side.remove(&price)
            } else {
                side.insert(price, size)
            };
            levels(&Side::from([(price, size)]))
        };
        let (bids, asks) = (change(&mut self.bids, bid, size), change(&mut self.asks, ask, size + 1));
        self.remember();
        self.message("delta", &bids, &asks)
    }

    /// The service begins again: its numbers do, too.
    fn restart(&mut self) -> String {
        (self.number, self.has_restarted) = (1, true);
        self.remember();
        let (bids, asks) = (levels(&self.bids), levels(&self.asks));
        self.message("delta", &bids, &asks)
    }

    fn message(&mut self, kind: &str, bids: &str, asks: &str) -> String {
        self.time += 1;
        let (time, number) = (1_787_612_486_096 + self.time, self.number);
        if self.rule == Rule::UsdM {
            // Numbers between the change before and this one may be missing.
            let (previous, first) = (self.previous, self.previous + 1 + (number - self.previous) / 2);
            let first = first.min(number);
            return format!(
                r#"{{"stream":"btcusdt@depth@100ms","data":{{"e":"depthUpdate","E":{time},"T":{time},"s":"BTCUSDT","U":{first},"u":{number},"pu":{previous},"b":[{bids}],"a":[{asks}]}}}}"#
            );
        }
        if self.rule == Rule::Binance {
            return format!(
                r#"{{"stream":"btcusdt@depth@100ms","data":{{"e":"depthUpdate","E":{time},"s":"BTCUSDT","U":{number},"u":{number},"b":[{bids}],"a":[{asks}]}}}}"#
            );
        }
        format!(
            r#"{{"topic":"orderbook.50.BTCUSDT","ts":{time},"type":"{kind}","data":{{"s":"BTCUSDT","b":[{bids}],"a":[{asks}],"u":{number},"seq":{number}}},"cts":{time}}}"#
        )
    }
}

fn levels(side: &Side) -> String {
    let mut text = String::new();
    for (price, size) in side {
        let comma = if text.is_empty() { "" } else { "," };
        write!(text, r#"{comma}["{price}","{size}"]"#).unwrap();
    }
    text
}

const END: &str = r#"{"topic":"publicTrade.BTCUSDT","type":"snapshot","ts":1787612486868,"data":[{"T":1787612486865,"s":"BTCUSDT","S":"Buy","v":"1","p":"1000","i":"the-end","BT":false}]}"#;
const ACCEPTED: &str = r#"{"success":true,"ret_msg":"subscribe","conn_id":"1","op":"subscribe"}"#;

const END_OF_BINANCE: &str = r#"{"stream":"btcusdt@trade","data":{"e":"trade","E":1787612486868,"s":"BTCUSDT","t":777,"p":"1000","q":"1","T":1787612486865,"m":true,"M":true}}"#;
const MARK_OF_USD_M: &str = r#"{"stream":"btcusdt@markPrice@1s","data":{"e":"markPriceUpdate","E":1787612486868,"s":"BTCUSDT","p":"1000","i":"1000","P":"1000","r":"0.0001","T":1787616000000}}"#;
const ACCEPTED_BY_BINANCE: &str = r#"{"result":null,"id":1}"#;
const BUSY: &str = r#"{"code":-1001,"msg":"Internal error; unable to process your request. Please try again."}"#;

impl Rule {
    fn accepted(self) -> &'static str {
        if self == Self::Bybit { ACCEPTED } else { ACCEPTED_BY_BINANCE }
    }

    fn end(self) -> &'static str {
        if self == Self::Bybit { END } else { END_OF_BINANCE }
    }
}

/// Answers who asks for the book: with what it is, with what it was, or not at all.
async fn bodies(model: &Arc<Mutex<Model>>, random: &Arc<Mutex<ChaCha8Rng>>) -> Bodies {
    let (model, random) = (Arc::clone(model), Arc::clone(random));
    Bodies::start(move |_| {
        let (choice, mut model) = (random.lock().unwrap().next_u32() % 6, model.lock().unwrap());
        let (status, body) = match choice {
            0 if !model.last_snapshot.is_empty() => ("200 OK", model.last_snapshot.clone()),
            1 if !model.is_over => ("503 Service Unavailable", BUSY.to_owned()),
            _ => ("200 OK", model.snapshot()),
        };
        (status.to_owned(), body)
    })
    .await
}

/// Answers what the client has asked for meanwhile; false when it is gone.
async fn answer(peer: &mut Peer, model: &Mutex<Model>, millis: u64) {
    let rule = model.lock().unwrap().rule;
    while let Some(asked) = peer.hear_soon(millis).await {
        peer.say(rule.accepted()).await;
        if rule == Rule::Bybit && asked.contains(r#""op":"subscribe""#) && asked.contains("orderbook.50.BTCUSDT") {
            let snapshot = model.lock().unwrap().snapshot();
            peer.say(&snapshot).await;
        }
    }
}

/// Plays what is left of the schedule on one connection.
async fn play(mut peer: Peer, model: Arc<Mutex<Model>>, random: Arc<Mutex<ChaCha8Rng>>, steps: Arc<Mutex<usize>>) {
    // The first message is the subscription.
    let Some(_) = peer.hear().await else { return };
    let rule = model.lock().unwrap().rule;
    peer.say(rule.accepted()).await;
    if rule == Rule::UsdM && peer.path == "/market/stream" {
        // Books are on the other path.
        peer.say(MARK_OF_USD_M).await;
        return peer.stay().await;
    }
    if rule == Rule::Bybit {
        let snapshot = model.lock().unwrap().snapshot();
        peer.say(&snapshot).await;
    }
    loop {
        // What happens next happens on the next connection.
        if peer.is_gone {
            return;
        }
        {
            let mut left = steps.lock().unwrap();
            if *left == 0 {
                break;
            }
            *left -= 1;
        }
        let choice = random.lock().unwrap().next_u32() % 20;
        let next = || {
            let mut random = random.lock().unwrap();
            model.lock().unwrap().delta(&mut random)
        };
        match choice {
            0 => drop(next()),
            1 => {
                let twice = next();
                peer.say(&twice).await;
                peer.say(&twice).await;
            }
            2 => {
                let (first, second) = (next(), next());
                peer.say(&second).await;
                peer.say(&first).await;
            }
            3 if rule == Rule::Bybit => {
                let old = model.lock().unwrap().last_snapshot.clone();
                peer.say(&old).await;
            }
            4 => peer.say("garbage").await,
            5 => {
                peer.say(r#"{"topic":"orderbook.50.BTCUSDT","ts":1,"type":"delta","data":{"s":"BTCUSDT","b":[["x""#)
                    .await;
            }
            6 => drop(peer.socket.send(Message::binary(vec![0xff; 100])).await),
            7 if rule == Rule::Bybit && !model.lock().unwrap().has_restarted => {
                let restart = model.lock().unwrap().restart();
                peer.say(&restart).await;
            }
            // Cut without a word, and politely.
            8 => return,
            9 => {
                let _ = peer.socket.close(None).await;
                return;
            }
            // Once in a while: it is longer than any message may be.
            10 if model.lock().unwrap().number.is_multiple_of(10) => peer.say(&"x".repeat(17 * 1024 * 1024)).await,
            11 => tokio::time::sleep(Duration::from_millis(2)).await,
            12 => answer(&mut peer, &model, 1).await,
            _ => {
                let delta = next();
                peer.say(&delta).await;
            }
        }
    }
    if peer.is_gone {
        return;
    }
    // A change that nobody has seen is noticed with the next one.
    let last = {
        let mut random = random.lock().unwrap();
        model.lock().unwrap().delta(&mut random)
    };
    peer.say(&last).await;
    answer(&mut peer, &model, 15).await;
    model.lock().unwrap().is_over = true;
    peer.say(rule.end()).await;
    answer(&mut peer, &model, 60_000).await;
}

/// Plays one schedule; whether the book was wrong at some moment is asserted, how often it was none is returned.
async fn schedule<P: Protocol>(rule: Rule, seed: u64) -> (u64, usize) {
    let model = Arc::new(Mutex::new(Model::new(rule, seed)));
    let random = Arc::new(Mutex::new(ChaCha8Rng::seed_from_u64(seed)));
    let steps = Arc::new(Mutex::new(STEPS));
    // A schedule is repeatable but for when the book is asked for: the answers have chances of their own.
    let bodies = bodies(&model, &Arc::new(Mutex::new(ChaCha8Rng::seed_from_u64(!seed)))).await;
    let server = (Arc::clone(&model), random, steps);
    let streams = Streams::start(move |peer| {
        let (model, random, steps) = server.clone();
        play(peer, model, random, steps)
    })
    .await;
    // Gaps come much faster than at a venue.
    let venue = venue::<Unlimited<P>>(settings(&bodies.address, &streams.address));
    let mut stream = venue.open(&[btc()]).await.unwrap();
    let mut markets = Markets::new(&Settings::default(), &[]);
    let (mut ended, mut invalid) = (false, 0);
    loop {
        let event = stream.next().await.unwrap().unwrap();
        ended |= matches!(&event.kind, EventKind::Trade(_));
        if let Ok(ingested) = markets.ingest(&event)
            && ingested.needs_snapshot
        {
            while venue.resync(&btc()).await.is_err() {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        }
        let Some((_, book)) = markets.books().find(|(id, _)| !id.is_whole()) else { continue };
        let Some(number) = book.last_update_id() else {
            invalid += 1;
            continue;
        };
        let ours = |levels: Vec<trading_services::model::Level>| -> Side {
            let read = |level: trading_services::model::Level| {
                (level.price.to_string().parse().unwrap(), level.quantity.to_string().parse().unwrap())
            };
            levels.into_iter().map(read).collect()
        };
        let ours = (ours(book.bids().collect()), ours(book.asks().collect()));
        let is_last = {
            let model = model.lock().unwrap();
            assert_eq!(model.past.get(&number), Some(&ours), "seed {seed}: the book at {number}");
            number == model.number && model.is_over
        };
        if ended && is_last {
            return (invalid, streams.connections());
        }
    }
}

/// Plays all schedules by that rule.
async fn play_all<P: Protocol>(rule: Rule) {
    let one = std::env::var("HOSTILE_SEED").ok().map(|seed| seed.parse().unwrap());
    let first = one.unwrap_or(20_261_128);
    let count = if one.is_some() { 1 } else { SCHEDULES };
    writeln!(std::io::stderr().lock(), "{}: {count} schedules from seed {first} on", P::VENUE).unwrap();
    let (mut invalid, mut connections) = (0, 0);
    for seed in first..first + count {
        let played = tokio::time::timeout(PATIENCE, schedule::<P>(rule, seed)).await;
        let (none, made) = played.unwrap_or_else(|_| panic!("seed {seed}: the book did not come right"));
        // Every cut of the schedule is one more, and none is made without a cut.
        let paths = if rule == Rule::UsdM { 2 } else { 1 };
        assert!(made <= STEPS + paths, "seed {seed}: {made} connections");
        invalid += none;
        connections += made;
    }
    writeln!(std::io::stderr().lock(), "{connections} connections; there was no book at {invalid} messages").unwrap();
    assert!(one.is_some() || (invalid > 100 && connections > SCHEDULES as usize), "the schedules do something");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_random_schedules_of_bybit_never_show_a_wrong_book() {
    play_all::<bybit::Spot>(Rule::Bybit).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_random_schedules_of_binance_never_show_a_wrong_book() {
    play_all::<binance::Spot>(Rule::Binance).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_random_schedules_of_usd_m_never_show_a_wrong_book() {
    play_all::<binance::UsdM>(Rule::UsdM).await;
}
