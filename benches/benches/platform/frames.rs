//! One frame of each kind, read by ours and by its bare twin.

use std::error::Error;
use std::hint::black_box;

use rust_decimal::Decimal;
use serde_json::{Value, json};
use trading_services::model::{EventKind, Level, MarketEvent, Timestamp};
use trading_services::venues::MessageReader;

use crate::bare::Numbers;
use crate::recorded::Source;

/// Both sides of each kind, in functions of their own, which callgrind tells apart; each is called once.
macro_rules! frames {
    ($($name:ident: $venue:literal $source:ident $bare:ty;)*) => {
        mod ours {
            use super::*;

            $(
                #[inline(never)]
                pub(super) fn $name(reader: &mut MessageReader, frame: &str, said: &mut Vec<MarketEvent>) {
                    // What differs between the functions, so that they are not made one.
                    black_box(stringify!($name));
                    super::read(reader, frame, said);
                }
            )*
        }

        mod bare {
            use super::*;
            use crate::bare::*;

            $(
                #[inline(never)]
                pub(super) fn $name(frame: &str) -> Result<$bare, serde_json::Error> {
                    black_box(stringify!($name));
                    serde_json::from_str(frame)
                }
            )*
        }

        /// Reads every frame with both, and fails where they have not read the same.
        pub(crate) fn run() -> Result<Value, Box<dyn Error>> {
            $({
                let frame = Source::$source.frame()?;
                let (mut reader, mut said) = prepare($venue, &frame)?;
                ours::$name(&mut reader, black_box(&frame), &mut said);
                let twin = black_box(bare::$name(black_box(&frame))?);
                let (ours, twin) = (numbers(&said), twin.numbers());
                if ours.is_empty() || ours != twin {
                    return Err(format!("{}: read {ours:?}, and its twin {twin:?}", stringify!($name)).into());
                }
            })*
            Ok(json!({ "frames": [$(stringify!($name)),*] }))
        }
    };
}

frames! {
    binance_trade: "binance" BINANCE_TRADE Binance<'_, BinanceTrade<'_>>;
    binance_delta: "binance" BINANCE_DELTA Binance<'_, BinanceDelta<'_>>;
    binance_snapshot: "binance" BINANCE_SNAPSHOT BinanceSnapshot;
    binance_best: "binance" BINANCE_BEST Binance<'_, BinanceBest<'_>>;
    binance_ticker: "binance-futures" BINANCE_TICKER Binance<'_, BinanceTicker<'_>>;
    binance_kline: "binance-futures" BINANCE_KLINE Binance<'_, BinanceKline<'_>>;
    bybit_trade: "bybit" BYBIT_TRADE Bybit<'_, Vec<BybitTrade<'_>>>;
    bybit_delta: "bybit" BYBIT_DELTA Bybit<'_, BybitBook<'_>>;
    bybit_snapshot: "bybit" BYBIT_SNAPSHOT Bybit<'_, BybitBook<'_>>;
    bybit_ticker: "bybit" BYBIT_TICKER Bybit<'_, BybitTicker<'_>>;
    bybit_kline: "bybit" BYBIT_KLINE Bybit<'_, Vec<BybitKline>>;
}

/// A reader that has read the frame before, and room for what it says: names are known, as they are in a stream.
fn prepare(venue: &str, frame: &str) -> Result<(MessageReader, Vec<MarketEvent>), Box<dyn Error>> {
    let symbol = "BTCUSDT".parse()?;
    let mut reader = MessageReader::of(venue).ok_or("a venue that is read")?.about(Some(symbol));
    let mut said = Vec::with_capacity(64);
    read(&mut reader, frame, &mut said);
    said.clear();
    Ok((reader, said))
}

#[inline(always)]
fn read(reader: &mut MessageReader, frame: &str, said: &mut Vec<MarketEvent>) {
    reader.read(Timestamp::default(), frame, format_args!("here"), |event| said.push(event));
}

/// What the twins have, too.
fn numbers(said: &[MarketEvent]) -> Vec<Decimal> {
    let level = |level: &Level| [level.price.value(), level.quantity.value()];
    said.iter()
        .flat_map(|event| match &event.kind {
            EventKind::Trade(trade) => vec![trade.price.value(), trade.quantity.value()],
            EventKind::Diff(book) => book.bids.iter().chain(&book.asks).flat_map(level).collect(),
            EventKind::Snapshot(book) => book.bids.iter().chain(&book.asks).flat_map(level).collect(),
            EventKind::BookTicker(best) => best.bid.iter().chain(&best.ask).flat_map(level).collect(),
            EventKind::Ticker(day) => {
                let prices = [day.last, day.open, day.high, day.low].into_iter().flatten().map(|price| price.value());
                prices.chain([day.volume, day.turnover].into_iter().flatten()).collect()
            }
            EventKind::Candle(update) => {
                let candle = &update.candle;
                let prices = [candle.open, candle.high, candle.low, candle.close].map(|price| price.value());
                prices.into_iter().chain([candle.volume.value()]).collect()
            }
            _ => Vec::new(),
        })
        .collect()
}
