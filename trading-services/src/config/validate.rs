//! Which values are allowed beyond their types.

use std::time::Duration;

use rust_decimal::Decimal;

use super::Settings;

/// A broken rule: the key, what was expected, what was found.
pub(super) struct Violation {
    pub(super) key: &'static str,
    pub(super) expected: &'static str,
    pub(super) found: String,
}

/// Every broken rule, in the order of the settings.
pub(super) fn violations(settings: &Settings) -> Vec<Violation> {
    let mut rules = Rules::default();
    let Settings { exchange, simulation, market_data, monitor, signals, alerts, lifecycle, health, .. } = settings;

    let order = format!("{:?}", exchange.order);
    let repeats = exchange.order.iter().enumerate().any(|(i, name)| exchange.order.iter().take(i).any(|n| n == name));
    rules.require("exchange.order", !exchange.order.is_empty() && !repeats, "at least one venue, each once", order);
    let rate = exchange.requests_per_second;
    rules.require("exchange.requests_per_second", (1..=1_000).contains(&rate), "1 to 1000", rate.to_string());
    let attempts = exchange.attempts;
    rules.require("exchange.attempts", (1..=20).contains(&attempts), "1 to 20", attempts.to_string());
    rules.positive("exchange.heartbeat_timeout", exchange.heartbeat_timeout);
    let percent = exchange.max_error_percent;
    rules.require("exchange.max_error_percent", percent <= 100, "0 to 100", percent.to_string());

    let rate = simulation.events_per_second;
    rules.require("simulation.events_per_second", (1..=1_000_000).contains(&rate), "1 to 1000000", rate.to_string());

    let frames = format!("{:?}", market_data.timeframes);
    rules.require("market_data.timeframes", !market_data.timeframes.is_empty(), "at least one timeframe", frames);
    rules.count("market_data.candle_history", market_data.candle_history);
    rules.positive("market_data.stale_after", market_data.stale_after);
    rules.above_zero("market_data.max_price_jump_percent", market_data.max_price_jump_percent);

    rules.above_zero("monitor.price_move_percent", monitor.price_move_percent);
    rules.positive("monitor.price_move_window", monitor.price_move_window);
    rules.above_zero("monitor.large_trade", monitor.large_trade);
    rules.positive("monitor.max_lag", monitor.max_lag);

    let frame = signals.timeframe;
    let is_built = market_data.timeframes.contains(&frame);
    rules.require("signals.timeframe", is_built, "one of `market_data.timeframes`", frame.to_string());
    rules.count("signals.history", signals.history);
    let (fast, slow) = (signals.crossover.fast, signals.crossover.slow);
    rules.require("signals.crossover.fast", fast >= 1, "1 or more", fast.to_string());
    let expected = "more than `signals.crossover.fast`, at most 1000";
    rules.require("signals.crossover.slow", slow > fast && slow <= 1_000, expected, slow.to_string());
    let bars = signals.breakout.bars;
    rules.require("signals.breakout.bars", (1..=1_000).contains(&bars), "1 to 1000", bars.to_string());

    rules.count("alerts.history", alerts.history);
    let webhook = &alerts.webhook;
    if let Some(url) = &webhook.url {
        let known = url.starts_with("http://") || url.starts_with("https://");
        rules.require("alerts.webhook.url", known, "an http:// or https:// address", format!("`{url}`"));
    }
    rules.require(
        "alerts.webhook.attempts",
        (1..=20).contains(&webhook.attempts),
        "1 to 20",
        webhook.attempts.to_string(),
    );
    rules.positive("alerts.webhook.timeout", webhook.timeout);

    rules.positive("lifecycle.start", lifecycle.start);
    rules.positive("lifecycle.start_total", lifecycle.start_total);
    rules.positive("lifecycle.stop", lifecycle.stop);
    rules.positive("lifecycle.stop_total", lifecycle.stop_total);
    rules.positive("health.interval", health.interval);
    rules.positive("health.timeout", health.timeout);
    rules.0
}

#[derive(Default)]
struct Rules(Vec<Violation>);

impl Rules {
    fn require(&mut self, key: &'static str, holds: bool, expected: &'static str, found: String) {
        if !holds {
            self.0.push(Violation { key, expected, found });
        }
    }

    fn positive(&mut self, key: &'static str, value: Duration) {
        let found = humantime::format_duration(value).to_string();
        self.require(key, !value.is_zero(), "a duration above zero", found);
    }

    fn above_zero(&mut self, key: &'static str, value: Decimal) {
        self.require(key, value > Decimal::ZERO, "a number above zero", value.to_string());
    }

    fn count(&mut self, key: &'static str, value: usize) {
        self.require(key, (1..=1_000_000).contains(&value), "1 to 1000000", value.to_string());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_break_no_rule() {
        assert!(violations(&Settings::default()).is_empty());
    }

    #[test]
    fn every_broken_rule_is_reported_at_once() {
        let mut settings = Settings::default();
        settings.exchange.order.clear();
        settings.simulation.events_per_second = 0;
        settings.alerts.webhook.url = Some("ftp://x".to_owned());
        let keys: Vec<_> = violations(&settings).iter().map(|v| v.key).collect();
        assert_eq!(keys, ["exchange.order", "simulation.events_per_second", "alerts.webhook.url"]);
    }
}
