//! The page of a report: one file, without scripts, that a browser shows offline.

use std::cmp::Ordering;
use std::fmt::Write as _;

use rust_decimal::Decimal;

use super::{months, pictures};
use crate::portfolio::performance::result_figures;
use crate::ports::{BacktestResult, Progress, ReportError, ReportKind, ResultTrade};

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
    let sections = sections(kind);
    for (done, (heading, body)) in sections.iter().enumerate() {
        if progress.is_cancelled() {
            return Err(ReportError::Cancelled);
        }
        progress.set(done as u64, sections.len() as u64);
        section(&mut page, heading, &body(result)?);
    }
    page.push_str("</main></body></html>\n");
    Ok(page)
}

/// A section: its heading, and what makes it.
type Section = (&'static str, fn(&BacktestResult) -> Result<String, ReportError>);

/// The sections of a report. Of the account, its settings and its log have pages of their own.
fn sections(kind: ReportKind) -> Vec<Section> {
    let mut all: Vec<Section> = vec![
        ("Figures", |result| Ok(figures(result))),
        ("Equity", pictures::equity),
        ("Drawdown", pictures::drawdown),
        ("Months", |result| Ok(month_table(result))),
    ];
    if kind == ReportKind::Backtest {
        all.push(("Trades on the price", pictures::price));
    }
    all.push(("Trades", |result| Ok(trade_table(result))));
    if kind == ReportKind::Backtest {
        all.push(("Parameters", |result| Ok(parameters(result))));
        all.push(("Incidents", |result| Ok(incidents(result))));
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

fn figures(result: &BacktestResult) -> String {
    let known = result_figures(result);
    let gain = result.equity.saturating_sub(result.cash);
    let percent = gain.saturating_mul(Decimal::ONE_HUNDRED).checked_div(result.cash).unwrap_or_default();
    let ratio = |value: Option<f64>| value.map_or("—".to_owned(), |value| format!("{value:.2}"));
    let share = |value: Option<f64>| value.map_or("—".to_owned(), |value| format!("{:.2} %", value * 100.0));
    let currency = escaped(&result.currency);
    let mut figures = vec![
        ("Equity at the end", format!("{} {currency}", result.equity.round_dp(2))),
        ("Gain", format!("{} %", percent.round_dp(2))),
        ("Gain per year", share(known.gain_per_year)),
        ("Volatility per year", share(known.volatility)),
        ("Deepest drawdown", share(known.max_drawdown)),
        ("Sharpe ratio", ratio(known.sharpe)),
        ("Sortino ratio", ratio(known.sortino)),
        ("Calmar ratio", ratio(known.calmar)),
        ("Trades with a gain", format!("{} of {}", known.won, known.trades)),
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
    let months = MONTHS.map(|month| format!("<th>{month}</th>")).concat();
    let rows = months::gains(result.cash, &result.curve).into_iter().map(|(year, gains)| {
        let cells = gains.map(|gain| gain.map_or("<td></td>".to_owned(), |gain| cell(gain.round_dp(1))));
        format!("<tr><td>{year}</td>{}</tr>", cells.concat())
    });
    let rows: String = rows.collect();
    format!("<p>The gain of each month, in percent.</p>{}", table(&format!("<tr><th>Year</th>{months}</tr>"), &rows))
}

fn trade_table(result: &BacktestResult) -> String {
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
    let all = result.figures.map_or(there, |whole| whole.trades);
    let note = if there > TRADES {
        format!("<p>The first {TRADES} of {there}.</p>")
    } else if all > there {
        format!("<p>The last {there} of {all}.</p>")
    } else {
        String::new()
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

fn incidents(result: &BacktestResult) -> String {
    if result.refused.is_empty() {
        return "<p>None: every order was admitted.</p>".to_owned();
    }
    let there = result.refused.len();
    let all = result.figures.map_or(there, |whole| whole.refused);
    let which = if all > there { format!("the last {there} begin with") } else { "the first of them".to_owned() };
    let rows: String = result.refused.iter().take(100).map(|reason| format!("<li>{}</li>", escaped(reason))).collect();
    format!("<p>{all} orders were not admitted; {which}:</p><ul>{rows}</ul>")
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
            figures: None,
        };
        let kept = whole.clone().shortened(result_figures(&whole));
        assert_eq!(figures(&kept), figures(&whole));
        assert!(figures(&kept).contains("<dd>100 of 700</dd>"));
        assert!(trade_table(&kept).contains("The last 500 of 700."));
        assert!(incidents(&kept).starts_with("<p>700 orders were not admitted; the last 500 begin with:"));
    }
}
