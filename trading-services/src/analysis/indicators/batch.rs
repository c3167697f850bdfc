//! An indicator over candles that are all there, by one call of TA-Lib.

use rust_decimal::Decimal;
use ta_lib::abstract_api::{InputFlags, InputType, OptInputType, OutputType, ParamHolder};
use ta_lib::{Core, OutRange, RetCode};

use super::arguments::Call;
use crate::model::{Candle, to_f64};
use crate::ports::{IndicatorColumn, PriceSeries};

/// The series that a function looks at; the others have nothing.
#[derive(Default)]
struct Columns {
    /// Opening, highest, lowest and closing prices, and volumes, as TA-Lib orders them.
    prices: [Option<Vec<f64>>; 5],
    /// Those that the caller chose.
    free: [Vec<f64>; 2],
}

/// The outputs of the function, a value per candle.
///
/// Nothing is read of the candles but what the function looks at, and TA-Lib writes into what is returned; whole numbers, as
/// candlestick patterns have, are converted.
pub(super) fn calculate(core: &Core, call: &Call, candles: &[Candle]) -> Result<Vec<IndicatorColumn>, RetCode> {
    let info = call.function.info();
    let count = candles.len();
    let Some(last) = count.checked_sub(1) else { return Ok(vec![IndicatorColumn::default(); info.outputs.len()]) };

    let columns = Columns::of(call, candles);
    let is_integer = |index: usize| info.outputs.get(index).is_some_and(|output| output.kind == OutputType::Integer);
    let room =
        |index| if is_integer(index) { (Vec::new(), vec![0_i32; count]) } else { (vec![0.0; count], Vec::new()) };
    let mut outputs: Vec<(Vec<f64>, Vec<i32>)> = (0..info.outputs.len()).map(room).collect();
    let mut holder = call.function.new_call(core);
    bind(&mut holder, call, &columns)?;
    for (index, (real, integer)) in outputs.iter_mut().enumerate() {
        if is_integer(index) {
            holder.set_int_output(index, integer)?
        } else {
            holder.set_output(index, real)?
        };
    }
    let OutRange { beg_idx, count: written } = holder.call(0, last)?;

    let first = if written == 0 { count } else { beg_idx };
    let columns = outputs.into_iter().enumerate().map(|(index, (mut real, integer))| {
        if is_integer(index) {
            real = integer.into_iter().take(written).map(f64::from).collect();
        }
        real.truncate(written);
        IndicatorColumn::new(first, real)
    });
    Ok(columns.collect())
}

/// How many candles come before the first value.
pub(super) fn lookback(core: &Core, call: &Call) -> Result<usize, RetCode> {
    let mut holder = call.function.new_call(core);
    bind_parameters(&mut holder, call)?;
    holder.lookback()
}

impl Columns {
    fn of(call: &Call, candles: &[Candle]) -> Self {
        const PRICES: [(InputFlags, PriceSeries); 5] = [
            (InputFlags::PRICE_OPEN, PriceSeries::Open),
            (InputFlags::PRICE_HIGH, PriceSeries::High),
            (InputFlags::PRICE_LOW, PriceSeries::Low),
            (InputFlags::PRICE_CLOSE, PriceSeries::Close),
            (InputFlags::PRICE_VOLUME, PriceSeries::Volume),
        ];
        let (mut columns, mut free) = (Self::default(), 0);
        for input in call.function.info().inputs {
            if input.kind == InputType::Price {
                for ((flag, series), column) in PRICES.into_iter().zip(&mut columns.prices) {
                    if input.flags.contains(flag) {
                        *column = Some(column_of(candles, series));
                    }
                }
            } else if let (Some(column), Some(series)) = (columns.free.get_mut(free), call.series.get(free)) {
                *column = column_of(candles, *series);
                free += 1;
            }
        }
        columns
    }
}

/// One series of the candles, in floating point.
fn column_of(candles: &[Candle], series: PriceSeries) -> Vec<f64> {
    fn read(candles: &[Candle], value: impl Fn(&Candle) -> Decimal) -> Vec<f64> {
        candles.iter().map(|candle| to_f64(value(candle))).collect()
    }
    match series {
        PriceSeries::Open => read(candles, |candle| candle.open.value()),
        PriceSeries::High => read(candles, |candle| candle.high.value()),
        PriceSeries::Low => read(candles, |candle| candle.low.value()),
        PriceSeries::Close => read(candles, |candle| candle.close.value()),
        PriceSeries::Volume => read(candles, |candle| candle.volume.value()),
    }
}

fn bind<'a>(holder: &mut ParamHolder<'a>, call: &Call, columns: &'a Columns) -> Result<(), RetCode> {
    let mut free = columns.free.iter();
    let [open, high, low, close, volume] = columns.prices.each_ref().map(Option::as_deref);
    for (slot, input) in call.function.info().inputs.iter().enumerate() {
        match input.kind {
            InputType::Price => holder.set_price_input(slot, open, high, low, close, volume, None)?,
            _ => holder.set_input(slot, free.next().ok_or(RetCode::BadParam)?)?,
        };
    }
    bind_parameters(holder, call)
}

fn bind_parameters(holder: &mut ParamHolder<'_>, call: &Call) -> Result<(), RetCode> {
    for (index, (info, value)) in call.function.info().opt_inputs.iter().zip(&call.parameters).enumerate() {
        match info.kind {
            #[expect(
                clippy::cast_possible_truncation,
                reason = "checked to be whole and in the range of the parameter"
            )]
            OptInputType::IntegerRange { .. } | OptInputType::IntegerList { .. } => {
                holder.set_opt_input(index, *value as i32)?
            }
            _ => holder.set_opt_input(index, *value)?,
        };
    }
    Ok(())
}
