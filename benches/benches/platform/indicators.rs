//! Indicators of the service beside `ta-lib` called directly: over candles that are there, and bar by bar.
//!
//! Over candles, both sides get the same ones, read what the function looks at as floating point by the same function, and
//! return what TA-Lib has written; ours looks the function up by its name. Bar by bar, both get the same bars in floating point
//! after the warm-up, and keep no value; ours is asked through the port, which is a virtual call per bar.

use std::error::Error;
use std::hint::black_box;

use serde_json::{Value, json};
use ta_lib::Core;
use trading_services::analysis::IndicatorService;
use trading_services::data::read_candles;
use trading_services::model::Candle;
use trading_services::ports::{Bar, IIndicatorService, Indicator, IndicatorError, IndicatorTable};

use crate::recorded;

const CANDLES: &str = "candles/XRP_ETH-1m.csv";

/// So many of the candles are the warm-up of the streams.
const WARM_UP: usize = 100;

/// The functions of TA-Lib, called as its documentation shows.
mod bare {
    use std::hint::black_box;

    use ta_lib::{AtrStream, BbandsStream, Core, EmaStream, MAType, MacdStream, RetCode, RsiStream};
    use trading_services::model::{Candle, Price, to_f64};
    use trading_services::ports::Bar;

    pub(super) type Written = Result<Vec<Vec<f64>>, RetCode>;

    fn column(candles: &[Candle], price: fn(&Candle) -> Price) -> Vec<f64> {
        candles.iter().map(|candle| to_f64(price(candle).value())).collect()
    }

    /// The outputs without the room that the warm-up has left.
    fn written<const N: usize>(mut outputs: [Vec<f64>; N], count: usize) -> Vec<Vec<f64>> {
        outputs.iter_mut().for_each(|output| output.truncate(count));
        outputs.into()
    }

    #[inline(never)]
    pub(super) fn batch_rsi(core: &Core, candles: &[Candle]) -> Written {
        let closes = column(candles, |candle| candle.close);
        let mut out = vec![0.0; closes.len()];
        let range = core.rsi(0, closes.len() - 1, &closes, 14, &mut out)?;
        Ok(written([out], range.count))
    }

    #[inline(never)]
    pub(super) fn batch_ema(core: &Core, candles: &[Candle]) -> Written {
        let closes = column(candles, |candle| candle.close);
        let mut out = vec![0.0; closes.len()];
        let range = core.ema(0, closes.len() - 1, &closes, 20, &mut out)?;
        Ok(written([out], range.count))
    }

    #[inline(never)]
    pub(super) fn batch_macd(core: &Core, candles: &[Candle]) -> Written {
        let closes = column(candles, |candle| candle.close);
        let [mut macd, mut signal, mut histogram] = [(); 3].map(|()| vec![0.0; closes.len()]);
        let range = core.macd(0, closes.len() - 1, &closes, 12, 26, 9, &mut macd, &mut signal, &mut histogram)?;
        Ok(written([macd, signal, histogram], range.count))
    }

    #[inline(never)]
    pub(super) fn batch_bbands(core: &Core, candles: &[Candle]) -> Written {
        let closes = column(candles, |candle| candle.close);
        let [mut upper, mut middle, mut lower] = [(); 3].map(|()| vec![0.0; closes.len()]);
        let last = closes.len() - 1;
        let range = core.bbands(0, last, &closes, 20, 2.0, 2.0, MAType::SMA, &mut upper, &mut middle, &mut lower)?;
        Ok(written([upper, middle, lower], range.count))
    }

    #[inline(never)]
    pub(super) fn batch_atr(core: &Core, candles: &[Candle]) -> Written {
        let (highs, lows) = (column(candles, |candle| candle.high), column(candles, |candle| candle.low));
        let closes = column(candles, |candle| candle.close);
        let mut out = vec![0.0; closes.len()];
        let range = core.atr(0, closes.len() - 1, &highs, &lows, &closes, 14, &mut out)?;
        Ok(written([out], range.count))
    }

    /// Bar by bar, in functions of their own, which callgrind tells apart.
    macro_rules! streams {
        ($($name:ident: $stream:ty, $($field:ident)+;)*) => { $(
            #[inline(never)]
            pub(super) fn $name(stream: &mut $stream, bars: &[Bar]) {
                for bar in bars {
                    let _value = black_box(stream.update($(bar.$field),+));
                }
            }
        )* };
    }

    streams! {
        stream_rsi: RsiStream, close;
        stream_ema: EmaStream, close;
        stream_macd: MacdStream, close;
        stream_bbands: BbandsStream, close;
        stream_atr: AtrStream, high low close;
    }

    pub(super) fn open_rsi(core: &Core, history: &[Bar]) -> Result<RsiStream, RetCode> {
        Ok(core.rsi_open(&series(history, |bar| bar.close), 14)?.0)
    }

    pub(super) fn open_ema(core: &Core, history: &[Bar]) -> Result<EmaStream, RetCode> {
        Ok(core.ema_open(&series(history, |bar| bar.close), 20)?.0)
    }

    pub(super) fn open_macd(core: &Core, history: &[Bar]) -> Result<MacdStream, RetCode> {
        Ok(core.macd_open(&series(history, |bar| bar.close), 12, 26, 9)?.0)
    }

    pub(super) fn open_bbands(core: &Core, history: &[Bar]) -> Result<BbandsStream, RetCode> {
        Ok(core.bbands_open(&series(history, |bar| bar.close), 20, 2.0, 2.0, MAType::SMA)?.0)
    }

    pub(super) fn open_atr(core: &Core, history: &[Bar]) -> Result<AtrStream, RetCode> {
        let [highs, lows] = [series(history, |bar| bar.high), series(history, |bar| bar.low)];
        Ok(core.atr_open(&highs, &lows, &series(history, |bar| bar.close), 14)?.0)
    }

    fn series(history: &[Bar], price: fn(&Bar) -> f64) -> Vec<f64> {
        history.iter().map(price).collect()
    }
}

/// Ours in functions of their own, which callgrind tells apart, and a run of both sides; each is called once.
macro_rules! indicators {
    ($($batch:ident $stream:ident $open:ident: $spec:literal $($field:ident)+;)*) => {
        mod ours {
            use super::*;

            $(
                #[inline(never)]
                pub(super) fn $batch(
                    service: &dyn IIndicatorService,
                    candles: &[Candle],
                ) -> Result<IndicatorTable, IndicatorError> {
                    service.calculate(&$spec.parse()?, candles)
                }

                #[inline(never)]
                pub(super) fn $stream(indicator: &mut dyn Indicator, bars: &[Bar]) {
                    // What differs between the functions, so that they are not made one.
                    black_box($spec);
                    for bar in bars {
                        black_box(indicator.update(bar));
                    }
                }
            )*
        }

        /// Computes every indicator with both, and fails where they have not found the same.
        pub(crate) fn run() -> Result<Value, Box<dyn Error>> {
            let candles = read_candles(&recorded::data(CANDLES))?.rows;
            let bars: Vec<_> = candles.iter().map(Bar::from).collect();
            let (history, coming) = bars.split_at_checked(WARM_UP).ok_or("more candles than the warm-up has")?;
            let (service, core) = (IndicatorService::default(), Core::new());
            let refused = |code| format!("TA-Lib refused it: {code:?}");
            $({
                let table = ours::$batch(black_box(&service), black_box(&candles))?;
                let written = bare::$batch(black_box(&core), black_box(&candles)).map_err(refused)?;
                same($spec, &table, &written)?;

                let mut indicator = service.open(&$spec.parse()?)?;
                for bar in history {
                    indicator.update(bar);
                }
                let mut stream = bare::$open(&core, history).map_err(refused)?;
                ours::$stream(black_box(&mut *indicator), black_box(coming));
                bare::$stream(black_box(&mut stream), black_box(coming));
                let bar = bars.last().copied().unwrap_or_default();
                let (last, twin) = (indicator.update(&bar), stream.update($(bar.$field),+).map_err(refused)?);
                if *last.ok_or("a value after the warm-up")? != *twin.written() {
                    return Err(format!("{}: found {last:?}, and its twin {twin:?}", $spec).into());
                }
            })*
            Ok(json!({ "candles": candles.len() }))
        }
    };
}

indicators! {
    batch_rsi stream_rsi open_rsi: "rsi:14" close;
    batch_ema stream_ema open_ema: "ema:20" close;
    batch_macd stream_macd open_macd: "macd:12,26,9" close;
    batch_bbands stream_bbands open_bbands: "bbands:20,2,2" close;
    batch_atr stream_atr open_atr: "atr:14" high low close;
}

/// Fails where the table has not, after its warm-up, what TA-Lib has written.
/// What TA-Lib returns of a bar.
trait Written {
    /// The outputs, in order.
    fn written(self) -> Vec<f64>;
}

impl Written for f64 {
    fn written(self) -> Vec<f64> {
        vec![self]
    }
}

impl Written for (f64, f64, f64) {
    fn written(self) -> Vec<f64> {
        vec![self.0, self.1, self.2]
    }
}

fn same(spec: &str, table: &IndicatorTable, written: &[Vec<f64>]) -> Result<(), Box<dyn Error>> {
    let ours: Vec<Vec<f64>> = table.columns.iter().map(|column| column.iter().flatten().collect()).collect();
    let is_empty = written.iter().any(Vec::is_empty);
    if is_empty || ours != written { Err(format!("{spec}: not what TA-Lib has written").into()) } else { Ok(()) }
}
