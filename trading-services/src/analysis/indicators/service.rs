//! The service of indicators, over TA-Lib.

use std::sync::Arc;

use ta_lib::abstract_api::funcs;
use ta_lib::{Core, RetCode};

use super::arguments::{Call, default_series, default_text, is_from_candles, output_names, parameter_name};
use super::chosen::Chosen;
use super::stream::Opening;
use super::{batch, functions};
use crate::model::Candle;
use crate::ports::{IIndicatorService, Indicator, IndicatorError, IndicatorInfo, IndicatorSpec, IndicatorTable};

/// TA-Lib's functions with its own settings: no unstable period, its thresholds of candlesticks.
///
/// ```
/// use trading_services::analysis::IndicatorService;
/// use trading_services::ports::{Bar, IIndicatorService};
///
/// let mut mean = IndicatorService::default().open(&"sma:2".parse()?)?;
/// let mut close = |close| mean.update(&Bar { close, ..Bar::default() }).map(|values| values[0]);
/// assert_eq!([close(1.0), close(2.0), close(4.0)], [None, Some(1.5), Some(3.0)]);
/// # Ok::<(), trading_services::ports::IndicatorError>(())
/// ```
#[di_core::service(provides = IIndicatorService)]
#[derive(Debug, Default)]
pub struct IndicatorService {
    #[inject(default)]
    core: Arc<Core>,
}

impl IIndicatorService for IndicatorService {
    fn available(&self) -> Vec<IndicatorInfo> {
        let known = funcs().map(|info| IndicatorInfo {
            name: info.name,
            group: info.group.as_str(),
            hint: info.hint,
            parameters: info.opt_inputs.iter().map(|info| (parameter_name(info), default_text(info))).collect(),
            outputs: output_names(info),
            from_candles: is_from_candles(info),
        });
        known.collect()
    }

    fn required_data(&self, spec: &IndicatorSpec) -> Result<usize, IndicatorError> {
        let lookback = batch::lookback(&self.core, &Call::of(spec)?);
        lookback.map(|lookback| lookback.saturating_add(1)).map_err(|code| refused(spec, code))
    }

    fn calculate(&self, spec: &IndicatorSpec, candles: &[Candle]) -> Result<IndicatorTable, IndicatorError> {
        let call = Call::of(spec)?;
        let columns = batch::calculate(&self.core, &call, candles).map_err(|code| refused(spec, code))?;
        Ok(IndicatorTable { outputs: output_names(call.function.info()), columns })
    }

    fn open(&self, spec: &IndicatorSpec) -> Result<Box<dyn Indicator>, IndicatorError> {
        let call = Call::of(spec)?;
        let lookback = batch::lookback(&self.core, &call).map_err(|code| refused(spec, code))?;
        let (series, usual) = (call.series, default_series(call.function.info()));
        let opening = Opening { core: Arc::clone(&self.core), call, lookback };
        let indicator = functions::open(opening).map_err(|code| refused(spec, code))?;
        Ok(if series == usual { indicator } else { Box::new(Chosen { series, indicator }) })
    }
}

fn refused(spec: &IndicatorSpec, code: RetCode) -> IndicatorError {
    IndicatorError::Library { indicator: spec.to_string(), reason: format!("TA-Lib refused it: {code:?}") }
}
