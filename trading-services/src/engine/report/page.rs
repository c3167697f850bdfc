//! The page of a report: one file, without scripts, that a browser shows offline.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use rust_decimal::Decimal;

use super::pictures;
use crate::portfolio::performance::{result_figures, result_months};
use crate::ports::{BacktestResult, Progress, ReportError, ReportKind, ResultFigures, ResultMonth, ResultTrade};

/// A page has room for so many trades; of more it says how many there are.
const TRADES: usize = 1_000;

const STYLE: &str = "
:root { color-scheme: light dark; --edge: #8884; --good: #1e8449; --bad: #c0392b; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 1000px; margin: 2rem auto; padding: 0 1rem; }
h1 { line-height: 1.2; } h2 { margin-top: 2.5rem; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: .25rem .6rem; border-bottom: 1px solid var(--edge); text-align: right; }
th:first-child, td:first-child { text-align: left; }
.figures { display: grid; grid-template-columns: repeat(auto-fill, minmax(150px, 1fr)); gap: 1rem; padding: 0; }
.figures div { border: 1px solid var(--edge); border-radius: 6px; padding: .6rem .8rem; }
.figures dt { font-size: .85rem; opacity: .8; } .figures dd { margin: 0; font-size: 1.25rem; }
.good { color: var(--good); } .bad { color: var(--bad); }
figure { margin: 0; } figcaption { font-size: .85rem; opacity: .8; }
svg { width: 100%; height: auto; background: #fff; border-radius: 6px; }
.wide { overflow-x: auto; }
@media (prefers-color-scheme: dark) { :root { --good: #58d68d; --bad: #ff8a80; } }
@media print { h2 { break-after: avoid; } tr { break-inside: avoid; } }
";

/// What is told in the place of a figure of a result that was shortened before its figures were kept.
const NOT_KEPT: &str = "not kept";

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// The page, section by section.
pub(super) fn page(kind: ReportKind, result: &BacktestResult, progress: &Progress) -> Result<String, ReportError> {
    let title = escaped(&result.title);
    let name = match kind {
        ReportKind::Backtest => "Back-test: ",
        ReportKind::Account => "",
    };
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{name}{title}</title>\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<style>{STYLE}</style></head>\n\
         <body><main>\n<h1>{title}</h1>\n"
    );
    let (sections, told) = (sections(kind), Told { result, figures: result_figures(result) });
    for (done, (heading, body)) in sections.iter().enumerate() {
        if progress.is_cancelled() {
            return Err(ReportError::Cancelled);
        }
        progress.set(done as u64, sections.len() as u64);
        section(&mut page, heading, &body(&told)?);
    }
    page.push_str("</main></body></html>\n");
    Ok(page)
}

/// What a report tells of.
pub(super) struct Told<'a> {
    pub(super) result: &'a BacktestResult,
    /// The figures of the whole; `None` where they were not kept.
    pub(super) figures: Option<ResultFigures>,
}

/// A section: its heading, and what makes it.
type Section = (&'static str, fn(&Told<'_>) -> Result<String, ReportError>);

/// The sections of a report. Of the account, its settings and its log have pages of their own.
fn sections(kind: ReportKind) -> Vec<Section> {
    let mut all: Vec<Section> = vec![
        ("Figures", |told| Ok(figures(told))),
        ("Equity", pictures::equity),
        ("Drawdown", pictures::drawdown),
        ("Months", |told| Ok(month_table(told.result))),
    ];
    if kind == ReportKind::Backtest {
        all.push(("Trades on the price", pictures::price));
    }
    all.push(("Trades", |told| Ok(trade_table(told))));
    if kind == ReportKind::Backtest {
        all.push(("Parameters", |told| Ok(parameters(told.result))));
        all.push(("Incidents", |told| Ok(incidents(told))));
    }
    all
}

/// A text within a page.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn section(page: &mut String, title: &str, body: &str) {
    // Writing to a string cannot fail.
    let _ = write!(page, "<section><h2>{title}</h2>\n{body}\n</section>\n");
}

fn table(head: &str, rows: &str) -> String {
    format!("<div class=\"wide\" tabindex=\"0\"><table><thead>{head}</thead><tbody>{rows}</tbody></table></div>")
}

fn parameters(result: &BacktestResult) -> String {
    let parameters = result
        .parameters
        .iter()
        .map(|(key, value)| format!("<tr><td><code>{}</code></td><td>{}</td></tr>", escaped(key), escaped(value)));
    table("<tr><th>Setting</th><th>Value</th></tr>", &parameters.collect::<String>())
}

/// What was received, and how much of it is not known.
fn funding(result: &BacktestResult) -> String {
    let received = format!("{} {}", result.funding.round_dp(2), escaped(&result.currency));
    match result.unknown_funding {
        0 => received,
        unknown => format!("{received}, and {unknown} settlements that are not known"),
    }
}

fn figures(told: &Told<'_>) -> String {
    let (result, known) = (told.result, &told.figures);
    let gain = result.equity.saturating_sub(result.cash);
    let percent = gain.saturating_mul(Decimal::ONE_HUNDRED).checked_div(result.cash).unwrap_or_default();
    let ratio = |of: fn(&ResultFigures) -> Option<f64>| match known {
        Some(known) => of(known).map_or("—".to_owned(), |value| format!("{value:.2}")),
        None => NOT_KEPT.to_owned(),
    };
    let share = |of: fn(&ResultFigures) -> Option<f64>| match known {
        Some(known) => of(known).map_or("—".to_owned(), |value| format!("{:.2} %", value * 100.0)),
        None => NOT_KEPT.to_owned(),
    };
    let won = known.as_ref().map_or(NOT_KEPT.to_owned(), |known| format!("{} of {}", known.won, known.trades));
    let currency = escaped(&result.currency);
    let mut figures = vec![
        ("Equity at the end", format!("{} {currency}", result.equity.round_dp(2))),
        ("Gain", format!("{} %", percent.round_dp(2))),
        ("Gain per year", share(|known| known.gain_per_year)),
        ("Volatility per year", share(|known| known.volatility)),
        ("Deepest drawdown", share(|known| known.max_drawdown)),
        ("Sharpe ratio", ratio(|known| known.sharpe)),
        ("Sortino ratio", ratio(|known| known.sortino)),
        ("Calmar ratio", ratio(|known| known.calmar)),
        ("Trades with a gain", won),
        ("Fees", format!("{} {currency}", result.fees.round_dp(2))),
    ];
    if !result.funding.is_zero() || result.unknown_funding > 0 {
        figures.push(("Funding received", funding(result)));
    }
    let mut page = String::from("<dl class=\"figures\">");
    for (name, value) in figures {
        let _ = write!(page, "<div><dt>{name}</dt><dd>{value}</dd></div>");
    }
    page.push_str("</dl>\n<p>Ratios are of the gain from point to point of the equity, by empyrical's definitions");
    let _ = writeln!(page, ", with {} points a year.</p>", result.periods);
    page
}

fn month_table(result: &BacktestResult) -> String {
    let Some(gains) = result_months(result) else {
        return "<p>The gains of its months were not kept with this result, and what is kept of its curve does not give them.</p>".to_owned();
    };
    let mut years: BTreeMap<u16, [String; 12]> = BTreeMap::new();
    for ResultMonth { year, month, gain_percent } in gains {
        let cells = years.entry(year).or_insert_with(|| [(); 12].map(|()| "<td></td>".to_owned()));
        if let (Some(place), Some(gain)) = (cells.get_mut(usize::from(month).saturating_sub(1)), gain_percent) {
            *place = cell(gain.round_dp(1));
        }
    }
    let months = MONTHS.map(|month| format!("<th>{month}</th>")).concat();
    let rows = years.into_iter().map(|(year, cells)| format!("<tr><td>{year}</td>{}</tr>", cells.concat()));
    let rows: String = rows.collect();
    format!("<p>The gain of each month, in percent.</p>{}", table(&format!("<tr><th>Year</th>{months}</tr>"), &rows))
}

fn trade_table(told: &Told<'_>) -> String {
    let result = told.result;
    let head = "<tr><th>Side</th><th>Size</th><th>Opened</th><th>at</th><th>Closed</th><th>at</th><th>Fees</th>\
                <th>Profit</th></tr>";
    let rows = result.trades.iter().take(TRADES).map(|trade| {
        let ResultTrade { side, size, entry_time, entry_price, exit_time, exit_price, profit, fees, .. } = trade;
        let time = |time: String| {
            let text = time.get(..19).unwrap_or(&time).replace('T', " ");
            text.trim_end_matches(" 00:00:00").to_owned()
        };
        format!(
            "<tr><td>{}</td><td>{size}</td><td>{}</td><td>{entry_price}</td><td>{}</td><td>{exit_price}</td><td>{}</td>{}</tr>",
            escaped(side),
            time(entry_time.to_string()),
            time(exit_time.to_string()),
            cents(*fees),
            cell(cents(*profit)),
        )
    });
    let rows: String = rows.collect();
    let there = result.trades.len();
    let note = match &told.figures {
        _ if there > TRADES => format!("<p>The first {TRADES} of {there}.</p>"),
        Some(whole) if whole.trades > there => format!("<p>The last {there} of {}.</p>", whole.trades),
        None => format!("<p>The {there} that are kept.</p>"),
        Some(_) => String::new(),
    };
    format!("{note}{}", table(head, &rows))
}

/// An amount with two digits behind the point.
fn cents(amount: Decimal) -> Decimal {
    let mut cents = amount.round_dp(2);
    cents.rescale(2);
    cents
}

/// A number whose sign is told by a sign, and by a colour besides.
fn cell(value: Decimal) -> String {
    match value.cmp(&Decimal::ZERO) {
        Ordering::Less => format!("<td class=\"bad\">{value}</td>"),
        Ordering::Equal => "<td>0</td>".to_owned(),
        Ordering::Greater => format!("<td class=\"good\">+{value}</td>"),
    }
}

fn incidents(told: &Told<'_>) -> String {
    let result = told.result;
    if result.refused.is_empty() {
        return "<p>None: every order was admitted.</p>".to_owned();
    }
    let there = result.refused.len();
    let what = match told.figures.map(|whole| whole.refused) {
        Some(all) if all > there => format!("{all} orders were not admitted; the last {there} begin with"),
        Some(all) => format!("{all} orders were not admitted; the first of them"),
        None => format!("Orders were not admitted; the {there} that are kept begin with"),
    };
    let rows: String = result.refused.iter().take(100).map(|reason| format!("<li>{}</li>", escaped(reason))).collect();
    format!("<p>{what}:</p><ul>{rows}</ul>")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Timestamp;
    use crate::ports::ResultPoint;

    #[test]
    fn what_is_kept_of_a_result_has_the_figures_of_the_whole() {
        let minutes = |minute: u64| Timestamp::from_nanos(minute * 60_000_000_000);
        // Each second point is lower than the one before, and the steps of what is kept are even.
        let value = |minute: u64| Decimal::from(100_000 + minute - 50 * (minute % 2));
        let trade = |number: u64| ResultTrade {
            instrument: "simulated:BTCUSDT".to_owned(),
            side: "long".to_owned(),
            size: Decimal::ONE,
            entry_time: minutes(number),
            entry_price: Decimal::ONE,
            exit_time: minutes(number + 1),
            exit_price: Decimal::ONE,
            currency: "USDT".to_owned(),
            profit: if number < 100 { Decimal::ONE } else { Decimal::NEGATIVE_ONE },
            fees: Decimal::ZERO,
        };
        let whole = BacktestResult {
            version: BacktestResult::VERSION,
            title: String::new(),
            parameters: [].into(),
            currency: "USDT".to_owned(),
            periods: 525_600,
            cash: Decimal::from(100_000),
            equity: Decimal::from(102_000),
            fees: Decimal::ZERO,
            funding: Decimal::ZERO,
            unknown_funding: 0,
            refused: (0..700).map(|number| format!("order {number}")).collect(),
            undone: [].into(),
            trades: (0..700).map(trade).collect(),
            curve: (0..2_401).map(|minute| ResultPoint { time: minutes(minute), value: value(minute) }).collect(),
            prices: Vec::new(),
            is_shortened: false,
            figures: None,
            months: None,
        };
        let (figures_of, months) = (result_figures(&whole), result_months(&whole));
        let kept = whole.clone().shortened(figures_of, months);
        let told = |result| Told { result, figures: result_figures(result) };
        assert_eq!(figures(&told(&kept)), figures(&told(&whole)));
        assert!(figures(&told(&kept)).contains("<dd>100 of 700</dd>"));
        assert!(trade_table(&told(&kept)).contains("The last 500 of 700."));
        assert!(incidents(&told(&kept)).starts_with("<p>700 orders were not admitted; the last 500 begin with:"));
        assert_eq!(month_table(&kept), month_table(&whole));
        let fall = |result| pictures::drawdown(&told(result)).unwrap();
        let deepest = "How far the account was below its highest value: at most 0.05 percent.";
        assert!(fall(&kept).contains(&format!("{deepest}<")) && fall(&whole).contains(&format!("{deepest}<")));

        let older = whole.clone().shortened(None, None);
        for figure in ["Deepest drawdown", "Sharpe ratio", "Trades with a gain"] {
            assert!(figures(&told(&older)).contains(&format!("<dt>{figure}</dt><dd>not kept</dd>")), "{figure}");
        }
        assert!(month_table(&older).starts_with("<p>The gains of its months were not kept with this result"));
        assert!(trade_table(&told(&older)).contains("The 500 that are kept."));
        assert!(incidents(&told(&older)).starts_with("<p>Orders were not admitted; the 500 that are kept begin with:"));
        assert!(fall(&older).contains("how far at most was not kept. Drawn from points at even steps"));
    }

    #[test]
    fn a_month_begins_where_the_one_before_ended() {
        let point = |day: &str, value: i64| ResultPoint {
            time: format!("{day}T00:00:00Z").parse().unwrap(),
            value: value.into(),
        };
        let text = r#"{"version": 1, "title": "", "parameters": {}, "currency": "USDT", "periods": 365, "cash": "100",
            "equity": "66", "fees": "0", "refused": [], "trades": [], "curve": [], "prices": []}"#;
        let result = BacktestResult {
            curve: vec![
                point("2023-12-30", 110),
                point("2023-12-31", 120),
                point("2024-01-05", 150),
                point("2024-01-31", 132),
                point("2024-03-01", 66),
            ],
            ..serde_json::from_str(text).unwrap()
        };
        let months: Vec<_> = result_months(&result).unwrap().into_iter().collect();
        let gain = |year, month, gain: i64| ResultMonth { year, month, gain_percent: Some(gain.into()) };
        assert_eq!(months, [gain(2023, 12, 20), gain(2024, 1, 10), gain(2024, 3, -50)]);
        let table = month_table(&result);
        assert!(
            table.contains(&format!("<tr><td>2023</td>{}<td class=\"good\">+20</td></tr>", "<td></td>".repeat(11)))
        );
        assert!(
            table.contains("<tr><td>2024</td><td class=\"good\">+10</td><td></td><td class=\"bad\">-50</td><td></td>")
        );
    }
}
