//! The pictures of a report, as SVG with a text that says the same.

use plotters::prelude::*;

use super::page::Told;
use crate::model::{Timestamp, to_f64};
use crate::ports::{BacktestResult, ReportError, ResultPoint, curve_points};

const SIZE: (u32, u32) = (1_000, 300);

/// A picture has room for so many points; of more, the ends, and the lowest and the highest of each stretch are drawn.
const POINTS: usize = 2_000;

const BLUE: RGBColor = RGBColor(0x1f, 0x6f, 0xb4);
const RED: RGBColor = RGBColor(0xc0, 0x39, 0x2b);
const GREEN: RGBColor = RGBColor(0x1e, 0x84, 0x49);

/// One line over time.
type Line = Vec<(f64, f64)>;

/// The value of the account.
pub(super) fn equity(told: &Told<'_>) -> Result<String, ReportError> {
    let result = told.result;
    let line = line(&result.curve);
    let text = span(&result.curve, "The value of the account", &result.currency) + drawn_of(result);
    draw(&text, &line, |chart| {
        chart.draw_series(LineSeries::new(line.iter().copied(), BLUE.stroke_width(2)))?;
        Ok(())
    })
}

/// How far the account is below its highest value, in percent.
pub(super) fn drawdown(told: &Told<'_>) -> Result<String, ReportError> {
    let result = told.result;
    let mut peak = f64::MIN;
    let below = |(time, value): (f64, f64)| {
        peak = peak.max(value);
        (time, (value / peak - 1.0) * 100.0)
    };
    let line = thinned(result.curve.iter().map(point).map(below).collect());
    let deepest = match told.figures.map(|whole| whole.max_drawdown) {
        // Not `-0`.
        Some(Some(fall)) => format!("at most {:.2} percent.", (0.0 - fall) * 100.0),
        Some(None) => "how far at most has no value.".to_owned(),
        None => "how far at most was not kept.".to_owned(),
    };
    let text = format!("How far the account was below its highest value: {deepest}") + drawn_of(result);
    draw(&text, &line, |chart| {
        chart.draw_series(AreaSeries::new(line.iter().copied(), 0.0, RED.mix(0.3)).border_style(RED))?;
        Ok(())
    })
}

/// What has to be said of the curve of a result that was kept before its lowest and highest points were.
fn drawn_of(result: &BacktestResult) -> &'static str {
    let is_even = result.is_shortened && result.months.is_none();
    if is_even {
        " Drawn from points at even steps, as they were kept: what was between them is not known."
    } else {
        ""
    }
}

/// The price, with what was bought and sold.
pub(super) fn price(told: &Told<'_>) -> Result<String, ReportError> {
    let result = told.result;
    let line = line(&result.prices);
    let opened = match &told.figures {
        Some(whole) => format!(" Positions were opened and closed {} times", whole.trades),
        None => " How often positions were opened and closed was not kept".to_owned(),
    };
    let text = if result.is_shortened && result.prices.is_empty() {
        format!("The price is not kept with a result.{opened}.")
    } else {
        let price = span(&result.prices, "The price", &result.currency);
        format!("{price}{opened}: a triangle is bought, a cross is sold.")
    };
    let mark = |time: Timestamp, price, bought| ((seconds(time), to_f64(price)), bought);
    let marks = result.trades.iter().flat_map(|trade| {
        let is_long = trade.side == "long";
        [mark(trade.entry_time, trade.entry_price, is_long), mark(trade.exit_time, trade.exit_price, !is_long)]
    });
    let (bought, sold): (Vec<_>, Vec<_>) = marks.partition(|(_, bought)| *bought);
    draw(&text, &line, |chart| {
        chart.draw_series(LineSeries::new(line.iter().copied(), &BLUE))?;
        chart.draw_series(bought.iter().map(|(place, _)| TriangleMarker::new(*place, 5, GREEN.filled())))?;
        chart.draw_series(sold.iter().map(|(place, _)| Cross::new(*place, 4, RED.stroke_width(2))))?;
        Ok(())
    })
}

type Chart<'a, 'b> = ChartContext<
    'a,
    SVGBackend<'b>,
    Cartesian2d<plotters::coord::types::RangedCoordf64, plotters::coord::types::RangedCoordf64>,
>;

fn draw(
    text: &str,
    line: &[(f64, f64)],
    series: impl FnOnce(&mut Chart<'_, '_>) -> Result<(), Box<dyn std::error::Error>>,
) -> Result<String, ReportError> {
    if line.len() < 2 {
        return Ok(format!("<p>{}</p>", super::page::escaped(text)));
    }
    let mut svg = String::new();
    drawn(&mut svg, line, series).map_err(|error| ReportError::Picture(error.to_string()))?;
    // A reader that does not see the picture is told the same.
    let text = super::page::escaped(text);
    let opened = format!("<svg role=\"img\" aria-label=\"{text}\" ");
    Ok(format!("<figure>{}<figcaption>{text}</figcaption></figure>", svg.replacen("<svg ", &opened, 1)))
}

fn drawn(
    svg: &mut String,
    line: &[(f64, f64)],
    series: impl FnOnce(&mut Chart<'_, '_>) -> Result<(), Box<dyn std::error::Error>>,
) -> Result<(), Box<dyn std::error::Error>> {
    let root = SVGBackend::with_string(svg, SIZE).into_drawing_area();
    let range = |values: &mut dyn Iterator<Item = f64>| {
        let (low, high) = values.fold((f64::MAX, f64::MIN), |(low, high), value| (low.min(value), high.max(value)));
        (low, if high > low { high } else { low + 1.0 })
    };
    let (first, last) = range(&mut line.iter().map(|(time, _)| *time));
    let (low, high) = range(&mut line.iter().map(|(_, value)| *value));
    let edge = (high - low) * 0.05;
    let mut chart = ChartBuilder::on(&root)
        .margin(10)
        .x_label_area_size(30)
        .y_label_area_size(80)
        .build_cartesian_2d(first..last, (low - edge)..(high + edge))?;
    let is_long = last - first > 3.0 * 86_400.0;
    chart
        .configure_mesh()
        .x_labels(8)
        .y_labels(6)
        .light_line_style(TRANSPARENT)
        .bold_line_style(BLACK.mix(0.1))
        .label_style(("sans-serif", 13))
        .x_label_formatter(&|time| label(*time, is_long))
        .y_label_formatter(&|value| plain(*value))
        .draw()?;
    series(&mut chart)?;
    root.present()?;
    Ok(())
}

/// A number of an axis without the noise of its fraction: `16000`, `0.25`.
fn plain(value: f64) -> String {
    // Not `-0`.
    ((value * 1e8).round() / 1e8 + 0.0).to_string()
}

fn label(seconds: f64, is_long: bool) -> String {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a time within the curve")]
    let text = Timestamp::from_nanos(seconds as u64 * 1_000_000_000).to_string();
    let part = if is_long { text.get(..10) } else { text.get(11..19) };
    part.unwrap_or(&text).to_owned()
}

fn line(points: &[ResultPoint]) -> Line {
    thinned(points.iter().map(point).collect())
}

/// As many points as there is room for, with what all of them show.
fn thinned(line: Line) -> Line {
    let values: Vec<f64> = line.iter().map(|(_, value)| *value).collect();
    let places = curve_points(&values, POINTS);
    line.into_iter().enumerate().filter(|(place, _)| places.contains(place)).map(|(_, point)| point).collect()
}

fn point(point: &ResultPoint) -> (f64, f64) {
    (seconds(point.time), to_f64(point.value))
}

#[expect(clippy::cast_precision_loss, reason = "a picture has no nanoseconds")]
fn seconds(time: Timestamp) -> f64 {
    time.as_nanos() as f64 / 1e9
}

/// From what to what it went, in words.
fn span(points: &[ResultPoint], what: &str, currency: &str) -> String {
    let (Some(first), Some(last)) = (points.first(), points.last()) else {
        return format!("{what}: there is nothing to show.");
    };
    let day = |point: &ResultPoint| point.time.to_string().get(..10).unwrap_or_default().to_owned();
    let (from, to) = (first.value.round_dp(2), last.value.round_dp(2));
    format!("{what}: from {from} {currency} on {} to {to} {currency} on {}.", day(first), day(last))
}
