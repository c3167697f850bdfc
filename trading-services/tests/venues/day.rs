//! A day of trades, whose candles and streams are known: Binance and Bybit as they would tell it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, UNIX_EPOCH};

use tokio::sync::Notify;
use trading_services::model::Timeframe;

use crate::server::{Bodies, Streams};

/// 2025-03-02, at midnight: the clock of the venue is another one than ours.
pub(crate) const MIDNIGHT: u64 = 1_740_873_600_000;
/// So far into the day the stream begins.
pub(crate) const BEGIN: u64 = (7 * 60 + 33) * 60_000 + 21_000;
const STEP: u64 = 7_000;

/// A venue on a day that has a trade every seven seconds, from midnight on. It writes its messages itself.
#[derive(Clone)]
pub(crate) struct Day {
    /// So long after the first midnight the stream begins.
    begin: u64,
    /// Of the trades of the stream, so many are lost in the middle, with the connection.
    lost: u64,
    /// The trades of the stream.
    count: u64,
    /// Its clock, in milliseconds since 1970.
    now: Arc<AtomicU64>,
    /// Hears of the connection that takes the place of the one that was lost, a while before that brings anything.
    pub(crate) again: Arc<Notify>,
}

/// Time, price in cents, quantity in thousandths.
#[derive(Clone, Copy)]
struct Deal {
    time: u64,
    cents: u64,
    quantity: u64,
}

fn deal(number: u64) -> Deal {
    let (time, cents) = (MIDNIGHT + number * STEP + 123, 10_000 + number * 37 % 211);
    Deal { time, cents, quantity: 1 + number % 13 }
}

pub(crate) fn cents(value: u64) -> String {
    format!("{}.{:02}", value / 100, value % 100)
}

pub(crate) fn thousandths(value: u64) -> String {
    format!("{}.{:03}", value / 1_000, value % 1_000)
}

/// Open, high, low, close, volume, trades.
pub(crate) type Row = (u64, u64, u64, u64, u64, u64);

/// The candles of the trades before `until`, of that length, by their times.
pub(crate) fn rows(length: u64, until: u64) -> BTreeMap<u64, Row> {
    let mut rows: BTreeMap<u64, Row> = BTreeMap::new();
    for deal in (0..).map(deal).take_while(|deal| deal.time < until) {
        let new = (deal.cents, deal.cents, deal.cents, 0, 0, 0);
        let (_, high, low, close, volume, trades) = rows.entry(deal.time / length * length).or_insert(new);
        (*high, *low, *close) = ((*high).max(deal.cents), (*low).min(deal.cents), deal.cents);
        (*volume, *trades) = (*volume + deal.quantity, *trades + 1);
    }
    rows
}

pub(crate) fn length(timeframe: Timeframe) -> u64 {
    u64::try_from(timeframe.duration().as_millis()).unwrap()
}

/// The value of a parameter of a query.
pub(crate) fn parameter<'a>(path: &'a str, name: &str) -> &'a str {
    let pairs = path.split(['?', '&']).filter_map(|pair| pair.split_once('='));
    pairs.filter(|(found, _)| *found == name).map(|(_, value)| value).next().unwrap_or_default()
}

impl Day {
    pub(crate) fn new(lost: u64, count: u64) -> Self {
        Self::of(BEGIN, lost, count)
    }

    /// The same, from another moment on.
    pub(crate) fn of(begin: u64, lost: u64, count: u64) -> Self {
        Self { begin, lost, count, now: Arc::new(AtomicU64::new(MIDNIGHT + begin)), again: Arc::default() }
    }

    /// The numbers of the trades that are streamed.
    fn streamed(&self) -> (Vec<u64>, Vec<u64>) {
        let first = self.begin / STEP + 1;
        let middle = first + self.count / 2;
        ((first..middle).collect(), (middle + self.lost..first + self.lost + self.count).collect())
    }

    pub(crate) fn last(&self) -> u64 {
        deal(*self.streamed().1.last().unwrap()).time
    }

    /// How many messages about the market the stream has.
    pub(crate) fn messages(&self) -> u64 {
        let minute = |number: u64| deal(number).time / 60_000;
        let (before, after) = self.streamed();
        assert_eq!(self.lost, 0);
        let minutes = minute(*after.last().unwrap()) - minute(before[0]);
        self.count + minutes
    }

    /// The text of a minute that is over, and of a trade.
    fn say(&self, format: Format, number: u64, before: u64) -> Vec<String> {
        let Deal { time, cents: price, quantity, .. } = deal(number);
        let mut said = Vec::new();
        let over = deal(before).time / 60_000 * 60_000;
        if over < time / 60_000 * 60_000 {
            let (open, high, low, close, volume, trades) = rows(60_000, over + 60_000)[&over];
            let [open, high, low, close] = [open, high, low, close].map(cents);
            let (volume, end) = (thousandths(volume), over + 59_999);
            said.push(match format {
                Format::Binance => format!(
                    r#"{{"stream":"btcusdt@kline_1m","data":{{"e":"kline","E":{time},"s":"BTCUSDT","k":{{"t":{over},"T":{end},"s":"BTCUSDT","i":"1m","f":1,"L":2,"o":"{open}","c":"{close}","h":"{high}","l":"{low}","v":"{volume}","n":{trades},"x":true,"q":"0","V":"0","Q":"0","B":"0"}}}}}}"#
                ),
                Format::Bybit => format!(
                    r#"{{"topic":"kline.1.BTCUSDT","data":[{{"start":{over},"end":{end},"interval":"1","open":"{open}","close":"{close}","high":"{high}","low":"{low}","volume":"{volume}","turnover":"0","confirm":true,"timestamp":{end}}}],"ts":{time},"type":"snapshot"}}"#
                ),
            });
        }
        let (price, quantity) = (cents(price), thousandths(quantity));
        said.push(match format {
            Format::Binance => format!(
                r#"{{"stream":"btcusdt@trade","data":{{"e":"trade","E":{time},"s":"BTCUSDT","t":{number},"p":"{price}","q":"{quantity}","T":{time},"m":true,"M":true}}}}"#
            ),
            Format::Bybit => format!(
                r#"{{"topic":"publicTrade.BTCUSDT","type":"snapshot","ts":{time},"data":[{{"T":{time},"s":"BTCUSDT","S":"Buy","v":"{quantity}","p":"{price}","L":"PlusTick","i":"{number}"}}]}}"#
            ),
        });
        // The last minute of the next trade's may be over first: some venues are quicker with trades.
        said.reverse();
        said
    }

    pub(crate) async fn streams(&self, format: Format, has_minutes: bool) -> Streams {
        let day = self.clone();
        Streams::start(move |mut peer| {
            let day = day.clone();
            async move {
                peer.hear().await;
                let (before, after) = day.streamed();
                let part = match (day.lost, peer.index) {
                    (0, _) => [before, after].concat(),
                    (_, 0) => before,
                    _ => after,
                };
                day.now.store(deal(part[0]).time - 1, Ordering::SeqCst);
                if peer.index > 0 {
                    day.again.notify_one();
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
                peer.say(match format {
                    Format::Binance => r#"{"result":null,"id":1}"#,
                    Format::Bybit => r#"{"success":true,"ret_msg":"subscribe","conn_id":"1","op":"subscribe"}"#,
                })
                .await;
                for number in part {
                    day.now.store(deal(number).time, Ordering::SeqCst);
                    for text in day.say(format, number, number - 1) {
                        if has_minutes || text.contains("rade") {
                            peer.say(&text).await;
                        }
                    }
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
                if day.lost == 0 || peer.index > 0 {
                    peer.stay().await;
                }
            }
        })
        .await
    }

    /// Its streams as Binance has them.
    pub(crate) async fn binance_streams(&self, is_silent: bool) -> Streams {
        self.streams(Format::Binance, !is_silent).await
    }

    /// The answer to a request, with the date of the venue's clock.
    pub(crate) fn answer(&self, path: &str) -> (String, String) {
        let now = self.now.load(Ordering::SeqCst);
        let date = httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_millis(now));
        let status = format!("200 OK\r\ndate: {date}");
        (status, self.body(path, now))
    }

    pub(crate) fn body(&self, path: &str, now: u64) -> String {
        let is_bybit = path.starts_with("/v5");
        if path.contains("/time") {
            return if is_bybit {
                r#"{"retCode":0,"retMsg":"OK","result":{"timeSecond":"1","timeNano":"1"},"time":1}"#.to_owned()
            } else {
                format!(r#"{{"serverTime":{now}}}"#)
            };
        }
        if !path.contains("kline") {
            return r#"{"timezone":"UTC","symbols":[{"symbol":"BTCUSDT","status":"TRADING","baseAsset":"BTC",
                "quoteAsset":"USDT","filters":[]}]}"#
                .to_owned();
        }
        let length = match parameter(path, "interval") {
            "1m" | "1" => 60_000,
            "5m" | "5" => 300_000,
            "30m" | "30" => 1_800_000,
            "4h" | "240" => 14_400_000,
            "1d" | "D" => 86_400_000,
            other => panic!("nobody asks for {other}"),
        };
        let since: u64 = parameter(path, if is_bybit { "start" } else { "startTime" }).parse().unwrap();
        let limit: usize = parameter(path, "limit").parse().unwrap();
        assert_eq!(parameter(path, "symbol"), "BTCUSDT");
        let mut said: Vec<String> = rows(length, now)
            .range(since..)
            .take(limit)
            .map(|(open_time, (open, high, low, close, volume, trades))| {
                let [open, high, low, close] = [*open, *high, *low, *close].map(cents);
                let (volume, end) = (thousandths(*volume), open_time + length - 1);
                if is_bybit {
                    format!(r#"["{open_time}","{open}","{high}","{low}","{close}","{volume}","0"]"#)
                } else {
                    format!(
                        r#"[{open_time},"{open}","{high}","{low}","{close}","{volume}",{end},"0",{trades},"0","0","0"]"#
                    )
                }
            })
            .collect();
        if is_bybit {
            said.reverse();
            let list = said.join(",");
            format!(
                r#"{{"retCode":0,"retMsg":"OK","result":{{"category":"spot","symbol":"BTCUSDT","list":[{list}]}},"retExtInfo":{{}},"time":{now}}}"#
            )
        } else {
            format!("[{}]", said.join(","))
        }
    }

    /// Its bodies.
    pub(crate) async fn bodies(&self) -> Bodies {
        let day = self.clone();
        Bodies::start(move |path| day.answer(path)).await
    }
}

#[derive(Clone, Copy)]
pub(crate) enum Format {
    Binance,
    Bybit,
}
