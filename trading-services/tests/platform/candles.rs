//! Candles built from real trades, beside those that the venue published.

use std::path::Path;

use proptest::collection::vec;
use proptest::prelude::*;
use rust_decimal::Decimal;
use trading_services::data::{CandleBuilder, build_candles};
use trading_services::model::{Candle, Price, Quantity, Timeframe, Timestamp};

use crate::common;

type Row = (u64, [Decimal; 5]);

fn rows(path: &Path) -> Vec<Row> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let row = |record: csv::StringRecord| {
        let number = |column: usize| record[column].parse().unwrap();
        (record[0].parse().unwrap(), [number(1), number(2), number(3), number(4), number(5)])
    };
    reader.records().map(|record| row(record.unwrap())).collect()
}

fn check(timeframe: Timeframe, reference: &str, with_trades: usize) {
    let (Some(trades), Some(reference)) = (common::data("candles/XRP_ETH-trades.csv"), common::data(reference)) else {
        return;
    };
    let directory = tempfile::tempdir().unwrap();
    let out = directory.path().join("out.csv");
    let (report, result) = build_candles(&trades, timeframe, &out);
    result.unwrap();
    assert_eq!(report.trades, 12_477);
    assert_eq!(usize::try_from(report.candles - report.flat).unwrap(), with_trades);

    let (built, expected) = (rows(&out), rows(&reference));
    assert_eq!(built, expected);
    let mut last_close = None;
    for (time, [open, high, low, close, volume]) in built {
        if volume.is_zero() {
            assert_eq!([Some(open), Some(high), Some(low), Some(close)], [last_close; 4], "{time} is not flat");
        }
        last_close = Some(close);
    }
    let text = |path| std::fs::read_to_string(path).unwrap().replace("\r\n", "\n");
    assert_eq!(text(&out), text(&reference), "the same numbers are written in the same way");
}

#[test]
fn minutes_equal_those_of_the_venue() {
    check(Timeframe::M1, "candles/XRP_ETH-1m.csv", 2_469);
}

#[test]
fn five_minutes_equal_those_of_the_venue() {
    check(Timeframe::M5, "candles/XRP_ETH-5m.csv", 706);
}

proptest! {
    #[test]
    fn five_minutes_of_trades_are_five_minutes_of_candles(
        trades in vec((0_u64..200_000, 1_u32..1_000, 1_u32..1_000), 1..80),
    ) {
        let (mut minutes, mut fives) = (CandleBuilder::new(Timeframe::M1), CandleBuilder::new(Timeframe::M5));
        let (mut ones, mut expected, mut time) = (Vec::new(), Vec::new(), 1_717_200_000_000);
        for (pause, price, quantity) in trades {
            time += pause;
            let time = Timestamp::from_millis(time).unwrap();
            let (price, quantity) = (Price::new(price.into()).unwrap(), Quantity::new(quantity.into()).unwrap());
            ones.extend(minutes.push(time, price, quantity, false).unwrap());
            expected.extend(fives.push(time, price, quantity, false).unwrap());
        }
        ones.extend(minutes.finish());
        expected.extend(fives.finish());

        let mut built: Vec<Candle> = Vec::new();
        for one in ones {
            let open_time = Timeframe::M5.open_of(one.open_time);
            match built.last_mut().filter(|five| five.open_time == open_time) {
                // A minute without trades adds nothing; the first one with trades opens the five.
                Some(_) if one.trades == 0 => {}
                Some(five) if five.trades == 0 => *five = Candle { open_time, ..one },
                Some(five) => {
                    five.high = five.high.max(one.high);
                    five.low = five.low.min(one.low);
                    five.close = one.close;
                    five.volume = five.volume.checked_add(one.volume).unwrap();
                    five.trades += one.trades;
                }
                None => built.push(Candle { open_time, ..one }),
            }
        }
        prop_assert_eq!(built, expected);
    }
}
