//! An indicator over candles that are all there, by one call of TA-Lib.

use ta_lib::abstract_api::{InputType, OptInputType, OutputType, ParamHolder};
use ta_lib::{Core, OutRange, RetCode};

use super::arguments::Call;
use super::stream::Series;

/// The outputs of the function, a value per candle; `None` before the first, and where the value is not finite.
pub(super) fn calculate(core: &Core, call: &Call, series: &Series) -> Result<Vec<Vec<Option<f64>>>, RetCode> {
    let info = call.function.info();
    let count = series.close.len();
    let mut reals = vec![vec![0.0; count]; info.outputs.len()];
    let mut integers = vec![vec![0_i32; count]; info.outputs.len()];
    let Some(last) = count.checked_sub(1) else { return Ok(vec![Vec::new(); info.outputs.len()]) };

    let mut holder = call.function.new_call(core);
    bind(&mut holder, call, series)?;
    for (index, (real, integer)) in reals.iter_mut().zip(&mut integers).enumerate() {
        match info.outputs.get(index).map(|output| output.kind) {
            Some(OutputType::Integer) => holder.set_int_output(index, integer)?,
            _ => holder.set_output(index, real)?,
        };
    }
    let OutRange { beg_idx, count: written } = holder.call(0, last)?;

    let columns = info.outputs.iter().zip(reals).zip(integers).map(|((output, real), integer)| {
        let values: Vec<f64> = match output.kind {
            OutputType::Integer => integer.into_iter().map(f64::from).collect(),
            OutputType::Real => real,
        };
        let values = values.into_iter().take(written).map(|value| Some(value).filter(|value| value.is_finite()));
        let mut column = vec![None; if written == 0 { count } else { beg_idx }];
        column.extend(values);
        column
    });
    Ok(columns.collect())
}

/// How many candles come before the first value.
pub(super) fn lookback(core: &Core, call: &Call) -> Result<usize, RetCode> {
    let mut holder = call.function.new_call(core);
    bind_parameters(&mut holder, call)?;
    holder.lookback()
}

fn bind<'a>(holder: &mut ParamHolder<'a>, call: &Call, series: &'a Series) -> Result<(), RetCode> {
    let mut free = [&series.first, &series.second].into_iter();
    let Series { open, high, low, close, volume, .. } = series;
    for (slot, input) in call.function.info().inputs.iter().enumerate() {
        match input.kind {
            InputType::Price => {
                holder.set_price_input(slot, Some(open), Some(high), Some(low), Some(close), Some(volume), None)?
            }
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
