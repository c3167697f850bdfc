//! Frames as venues have sent them, from the recorded data beside the repository.

use std::error::Error;
use std::fs;
use std::path::PathBuf;

use serde::Deserialize;
use serde_json::value::RawValue;

/// The recording over which the platform is run.
pub(crate) const RECORDING: &str = "recordings/binance-spot/btcusdt_20240808.gz";

const BYBIT_BOOK: &str = "frames/tickvault/bybit_orderbook.jsonl";
const BYBIT_PAIRS: &str = "pairs/bybit.jsonl";

/// As Bybit documents it: no frame of a recording is known.
const BYBIT_KLINE: &str = concat!(
    r#"{"topic":"kline.5.BTCUSDT","data":[{"start":1672324800000,"end":1672325099999,"interval":"5","#,
    r#""open":"16649.5","close":"16677","high":"16677","low":"16608","volume":"2.081","turnover":"34666.4005","#,
    r#""confirm":false,"timestamp":1672324988882}],"ts":1672324988882,"type":"snapshot"}"#,
);

/// Where a frame is.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Source {
    /// The first line of the recording whose message begins like this.
    Recording(&'static str),
    /// The first line of that file that begins like this.
    Line(&'static str, &'static str),
    /// The first message of that file of pairs that begins like this.
    Pair(&'static str, &'static str),
    /// The one frame of that file, which was written over several lines.
    Whole(&'static str),
    /// No recorded frame is known.
    Documented(&'static str),
}

impl Source {
    pub(crate) const BINANCE_TRADE: Self = Self::Recording(r#"{"stream":"btcusdt@trade""#);
    pub(crate) const BINANCE_DELTA: Self = Self::Recording(r#"{"stream":"btcusdt@depth"#);
    pub(crate) const BINANCE_SNAPSHOT: Self = Self::Recording(r#"{"lastUpdateId""#);
    pub(crate) const BINANCE_BEST: Self = Self::Recording(r#"{"stream":"btcusdt@bookTicker""#);
    pub(crate) const BINANCE_TICKER: Self = Self::Whole("frames/polyoxide-binance/ws/stream_btcusdt_ticker.json");
    pub(crate) const BINANCE_KLINE: Self = Self::Whole("frames/polyoxide-binance/ws/stream_btcusdt_kline_1m.json");
    pub(crate) const BYBIT_TRADE: Self = Self::Pair(BYBIT_PAIRS, r#"{"topic":"publicTrade."#);
    pub(crate) const BYBIT_DELTA: Self =
        Self::Line(BYBIT_BOOK, r#"{"topic":"orderbook.50.BTCUSDT","ts":1787612486236"#);
    pub(crate) const BYBIT_SNAPSHOT: Self =
        Self::Line(BYBIT_BOOK, r#"{"topic":"orderbook.50.BTCUSDT","ts":1787612486096,"type":"snapshot""#);
    pub(crate) const BYBIT_TICKER: Self = Self::Pair(BYBIT_PAIRS, r#"{"topic":"tickers.BTCUSDT""#);
    pub(crate) const BYBIT_KLINE: Self = Self::Documented(BYBIT_KLINE);

    /// The frame as it came.
    pub(crate) fn frame(self) -> Result<String, Box<dyn Error>> {
        let missing = |name: &str, begins: &str| format!("{name}: expected a frame that begins with {begins}");
        match self {
            Self::Recording(begins) => {
                let mut lines = trading_services::venues::replay::LineReader::open(&data(RECORDING))?;
                while let Some(line) = lines.next_line()? {
                    if let Some((_, message)) = line.split_once(' ').filter(|(_, text)| text.starts_with(begins)) {
                        return Ok(message.to_owned());
                    }
                }
                Err(missing(RECORDING, begins).into())
            }
            Self::Line(name, begins) => {
                let text = read(name)?;
                let line = text.lines().find(|line| line.starts_with(begins));
                Ok(line.ok_or_else(|| missing(name, begins))?.to_owned())
            }
            Self::Pair(name, begins) => {
                for line in read(name)?.lines() {
                    let Pair { message } = serde_json::from_str(line)?;
                    if message.get().starts_with(begins) {
                        return Ok(message.get().to_owned());
                    }
                }
                Err(missing(name, begins).into())
            }
            Self::Whole(name) => {
                let lines: String = read(name)?.lines().map(str::trim_start).collect();
                Ok(lines.replace("\": ", "\":"))
            }
            Self::Documented(frame) => Ok(frame.to_owned()),
        }
    }
}

#[derive(Deserialize)]
struct Pair<'a> {
    #[serde(borrow)]
    message: &'a RawValue,
}

/// The path of a recorded file.
pub(crate) fn data(name: &str) -> PathBuf {
    di_benches::files::recorded_data().join(name)
}

fn read(name: &str) -> Result<String, Box<dyn Error>> {
    let path = data(name);
    fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()).into())
}
