//! The parameters and series of an indicator, checked against what TA-Lib says of them.

use ta_lib::abstract_api::{FuncId, FuncInfo, InputType, OptInputInfo, OptInputType, get_func_handle};

use crate::ports::{IndicatorError, IndicatorSpec, PriceSeries};

/// A function with a value for each of its parameters.
#[derive(Debug, Clone)]
pub(super) struct Call {
    pub(super) function: FuncId,
    /// In the order of the function.
    pub(super) parameters: Vec<f64>,
    /// What the function looks at where it takes any series.
    pub(super) series: [PriceSeries; 2],
}

impl Call {
    pub(super) fn of(spec: &IndicatorSpec) -> Result<Self, IndicatorError> {
        let function = get_func_handle(&spec.name).ok_or_else(|| IndicatorError::Unknown(spec.name.clone()))?;
        let info = function.info();
        Ok(Self { function, parameters: parameters(spec, info)?, series: series(spec, info)? })
    }
}

/// TA-Lib's name of a parameter, as people write it: `optInFastPeriod` is `fastperiod`.
pub(super) fn parameter_name(info: &OptInputInfo) -> String {
    info.param_name.strip_prefix("optIn").unwrap_or(info.param_name).to_ascii_lowercase()
}

/// TA-Lib's default, as people write it.
pub(super) fn default_text(info: &OptInputInfo) -> String {
    match info.kind {
        OptInputType::RealRange { default, .. } | OptInputType::RealList { default, .. } => default.to_string(),
        OptInputType::IntegerRange { default, .. } => default.to_string(),
        OptInputType::IntegerList { values, default } => {
            let known = values.iter().find(|(value, _)| *value == default);
            known.map_or_else(|| default.to_string(), |(_, name)| (*name).to_ascii_lowercase())
        }
    }
}

/// The name of each output: `outMACDSignal` is `macdsignal`; nothing for the only one.
pub(super) fn output_names(info: &FuncInfo) -> Vec<String> {
    let name = |name: &str| {
        let name = name.strip_prefix("out").unwrap_or(name);
        name.strip_prefix("Real").unwrap_or(name).to_ascii_lowercase()
    };
    match info.outputs {
        [_] => vec![String::new()],
        outputs => outputs.iter().map(|output| name(output.param_name)).collect(),
    }
}

/// How many series of the caller's choice a function takes.
pub(super) fn free_series(info: &FuncInfo) -> usize {
    info.inputs.iter().filter(|input| input.kind == InputType::Real).count()
}

/// What a function looks at where the caller may choose and has not.
pub(super) fn default_series(info: &FuncInfo) -> [PriceSeries; 2] {
    match free_series(info) {
        0 | 1 => [PriceSeries::Close; 2],
        _ => [PriceSeries::High, PriceSeries::Low],
    }
}

/// Whether a function has a meaning for candles without that series are chosen: the second one of MAVP is periods.
pub(super) fn is_from_candles(info: &FuncInfo) -> bool {
    info.inputs.iter().all(|input| input.param_name != "inPeriods")
}

fn parameters(spec: &IndicatorSpec, info: &FuncInfo) -> Result<Vec<f64>, IndicatorError> {
    let wrong = |expected: String, found: &str| IndicatorError::Argument {
        indicator: spec.name.clone(),
        expected,
        found: found.to_owned(),
    };
    // A name is text that is made: most callers have positions only.
    let mut values: Vec<Option<f64>> = vec![None; info.opt_inputs.len()];
    for (position, parameter) in spec.parameters.iter().enumerate() {
        let index = match &parameter.name {
            None => Some(position).filter(|position| *position < values.len()),
            Some(name) => info.opt_inputs.iter().position(|known| parameter_name(known) == *name),
        };
        let Some(index) = index else {
            let names: Vec<_> = info.opt_inputs.iter().map(parameter_name).collect();
            let known = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
            let named = parameter.name.as_deref().unwrap_or(&parameter.value);
            return Err(wrong(format!("at most these parameters: {known}"), named));
        };
        let (Some(slot), Some(info)) = (values.get_mut(index), info.opt_inputs.get(index)) else { continue };
        if slot.is_some() {
            return Err(wrong(format!("`{}` once", parameter_name(info)), &parameter.value));
        }
        *slot = Some(value(info, &parameter.value).map_err(|expected| wrong(expected, &parameter.value))?);
    }
    let default = |info: &OptInputInfo| match info.kind {
        OptInputType::RealRange { default, .. } | OptInputType::RealList { default, .. } => default,
        OptInputType::IntegerRange { default, .. } => f64::from(default),
        #[expect(clippy::cast_precision_loss, reason = "numbers of a short list")]
        OptInputType::IntegerList { default, .. } => default as f64,
    };
    Ok(values.iter().zip(info.opt_inputs).map(|(value, info)| value.unwrap_or_else(|| default(info))).collect())
}

/// The value of a parameter, or what was expected.
fn value(info: &OptInputInfo, text: &str) -> Result<f64, String> {
    let name = || parameter_name(info);
    let number = text.parse::<f64>().ok().filter(|number| number.is_finite());
    match info.kind {
        OptInputType::RealRange { min, max, .. } => number
            .filter(|number| (min..=max).contains(number))
            .ok_or_else(|| format!("{} from {min} to {max}", name())),
        OptInputType::IntegerRange { min, max, .. } => text
            .parse()
            .ok()
            .filter(|number| (min..=max).contains(number))
            .map(f64::from)
            .ok_or_else(|| format!("{}, a whole number from {min} to {max}", name())),
        OptInputType::RealList { values, .. } => {
            let known = number.filter(|number| values.iter().any(|(value, _)| value == number));
            known.ok_or_else(|| format!("{}, one of {}", name(), names(values.iter().map(|(_, name)| *name))))
        }
        OptInputType::IntegerList { values, .. } => {
            let mut values_or_names = values.iter();
            let known = values_or_names
                .find(|(value, name)| value.to_string() == text || name.eq_ignore_ascii_case(text))
                .map(|(value, _)| *value);
            #[expect(clippy::cast_precision_loss, reason = "numbers of a short list")]
            known
                .map(|value| value as f64)
                .ok_or_else(|| format!("{}, one of {}", name(), names(values.iter().map(|(_, name)| *name))))
        }
    }
}

fn names<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.map(str::to_ascii_lowercase).collect::<Vec<_>>().join(", ")
}

fn series(spec: &IndicatorSpec, info: &FuncInfo) -> Result<[PriceSeries; 2], IndicatorError> {
    let wrong = |expected: &str| IndicatorError::Argument {
        indicator: spec.name.clone(),
        expected: expected.to_owned(),
        found: spec.to_string(),
    };
    match (free_series(info), spec.series.as_slice()) {
        (_, []) if !is_from_candles(info) => Err(wrong("two series, values and periods, like `mavp@close,volume`")),
        (_, []) => Ok(default_series(info)),
        (1, [first]) => Ok([*first; 2]),
        (2, [first, second]) => Ok([*first, *second]),
        (0, _) => Err(wrong("no series: it takes those that it needs")),
        (1, _) => Err(wrong("one series")),
        _ => Err(wrong("two series")),
    }
}
