//! Values that are out of range, in all sections and between them.

use super::Settings;
use super::settings::Visitor;
use crate::ports::{Rules, Section, StrategyMode, Violation};
use crate::strategy::TrendSettings;

/// Every broken rule, in the order of the sections.
pub(super) fn violations(settings: &Settings) -> Vec<Violation> {
    let mut checks = Checks { rules: Rules::default(), settings };
    settings.visit(&mut checks);
    checks.rules.into_violations()
}

/// Rules that look at another value, too.
const LOOK_AT: [(&str, &str); 12] = [
    ("signals.timeframe", "market_data.timeframes"),
    ("signals.crossover.slow", "signals.crossover.fast"),
    ("signals.trend.timeframe", "signals.timeframe"),
    ("signals.trend.timeframe", "signals.trend.mode"),
    ("signals.trend.timeframe", "market_data.timeframes"),
    ("alerts.fallback", "alerts.file.path"),
    ("alerts.escalate_to", "alerts.escalate_after"),
    ("alerts.escalate_to", "alerts.file.path"),
    ("alerts.escalate_to", "alerts.webhook.url"),
    ("portfolio.rates", "portfolio.currency"),
    ("lifecycle.drain", "lifecycle.stop_total"),
    ("live.record", "exchange.order"),
];

/// Whether the rule of that key looks at one of these values.
pub(super) fn looks_at(key: &str, values: &[String]) -> bool {
    let is_or_has =
        |value: &str, key: &str| key.strip_prefix(value).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
    let looked_at = LOOK_AT.iter().filter(|(rule, _)| *rule == key).map(|(_, value)| *value);
    let mut looked_at = looked_at.chain([key]);
    looked_at.any(|one| values.iter().any(|value| is_or_has(value, one) || is_or_has(one, value)))
}

struct Checks<'a> {
    rules: Rules,
    settings: &'a Settings,
}

impl Visitor for Checks<'_> {
    fn section<S: Section>(&mut self, section: &S) {
        self.rules.enter(S::NAME);
        if S::NAME == crate::strategy::Settings::NAME {
            let (frame, built) = (self.settings.signals.timeframe, &self.settings.market_data.timeframes);
            self.rules.require("timeframe", built.contains(&frame), "one of `market_data.timeframes`", frame);
            let TrendSettings { mode, timeframe, .. } = self.settings.signals.trend;
            let holds = mode == StrategyMode::Off || built.contains(&timeframe);
            self.rules.require("trend.timeframe", holds, "one of `market_data.timeframes`", timeframe);
        }
        if S::NAME == crate::venues::live::Settings::NAME && self.settings.live.record.is_some() {
            let order = &self.settings.exchange.order;
            let expected = "to be empty where `exchange.order` is not one live venue: that is what is recorded";
            let can_be_recorded = crate::venues::live::Settings::can_be_recorded(order);
            self.rules.require("record", can_be_recorded, expected, order.join(", "));
        }
        section.check(&mut self.rules);
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
    fn what_is_recorded_is_one_live_venue() {
        let mut settings = Settings::default();
        settings.live.record = Some("run.gz".into());
        for refused in [&["bybit", "binance"] as &[&str], &["simulated"], &["recording"]] {
            settings.exchange.order = refused.iter().map(ToString::to_string).collect();
            let keys: Vec<_> = violations(&settings).into_iter().map(|violation| violation.key).collect();
            assert_eq!(keys, ["live.record"], "{refused:?}");
        }
        for venue in ["binance", "binance-futures", "bybit", "bybit-spot", "bybit-options"] {
            settings.exchange.order = vec![venue.to_owned()];
            assert!(violations(&settings).is_empty(), "{venue}");
        }
    }

    #[test]
    fn every_broken_rule_is_reported_at_once() {
        let mut settings = Settings::default();
        settings.exchange.order.clear();
        settings.simulation.events_per_second = 0;
        settings.signals.timeframe = crate::model::Timeframe::M5;
        settings.market_data.timeframes = vec![crate::model::Timeframe::M1];
        settings.alerts.webhook.url = Some("ftp://x".to_owned());
        let keys: Vec<_> = violations(&settings).into_iter().map(|violation| violation.key).collect();
        assert_eq!(keys, ["exchange.order", "simulation.events_per_second", "signals.timeframe", "alerts.webhook.url"]);
    }
}
