//! De-duplication and cool-down of alerts.

use std::collections::BTreeMap;

use crate::model::Timestamp;
use crate::ports::{AlertContext, AlertLevel, AlertOutcome, AlertThresholds};

/// What was sent last, per key.
#[derive(Debug, Default)]
pub(super) struct CoolDown {
    last: BTreeMap<AlertContext, Last>,
}

#[derive(Debug)]
struct Last {
    time: Timestamp,
    level: AlertLevel,
    /// Each text and when it was sent, within the window of de-duplication.
    texts: Vec<(String, Timestamp)>,
}

impl CoolDown {
    /// Why the alert is suppressed, or `None` when it is to be sent; then it counts as sent.
    pub(super) fn suppress(
        &mut self,
        message: &str,
        level: AlertLevel,
        context: &AlertContext,
        now: Timestamp,
        limits: AlertThresholds,
    ) -> Option<AlertOutcome> {
        if level < limits.min_level {
            return Some(AlertOutcome::BelowLevel);
        }
        let Some(last) = self.last.get_mut(context) else {
            let texts = vec![(message.to_owned(), now)];
            self.last.insert(context.clone(), Last { time: now, level, texts });
            return None;
        };
        last.texts.retain(|(_, sent)| now.since(*sent) < limits.dedupe_window);
        // A higher level is news, whatever was said before.
        if level <= last.level {
            if last.texts.iter().any(|(text, _)| text == message) {
                return Some(AlertOutcome::Duplicate);
            }
            if now.since(last.time) < limits.cool_down {
                return Some(AlertOutcome::CoolingDown);
            }
        }
        last.texts.push((message.to_owned(), now));
        (last.time, last.level) = (now, level);
        None
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn outcomes(raised: &[(u64, &str, AlertLevel)]) -> Vec<Option<AlertOutcome>> {
        let limits = AlertThresholds {
            min_level: AlertLevel::Info,
            cool_down: Duration::from_secs(10),
            dedupe_window: Duration::from_secs(60),
        };
        let mut cool_down = CoolDown::default();
        let context = AlertContext { rule: "test", ..AlertContext::default() };
        let at = |seconds| Timestamp::from_nanos(seconds * 1_000_000_000);
        let judge = |(time, text, level): &(u64, &str, AlertLevel)| {
            cool_down.suppress(text, *level, &context, at(*time), limits)
        };
        raised.iter().map(judge).collect()
    }

    #[test]
    fn another_text_waits_for_the_cool_down_and_the_same_text_for_the_window() {
        use AlertLevel::Warning;
        use AlertOutcome::{CoolingDown, Duplicate};
        let raised = [(0, "a", Warning), (9, "b", Warning), (10, "b", Warning), (30, "a", Warning), (60, "a", Warning)];
        assert_eq!(outcomes(&raised), [None, Some(CoolingDown), None, Some(Duplicate), None]);
    }

    #[test]
    fn a_higher_level_is_never_held_back() {
        use AlertLevel::{Critical, Warning};
        let raised = [(0, "a", Warning), (1, "a", Critical), (2, "c", Warning)];
        assert_eq!(outcomes(&raised), [None, None, Some(AlertOutcome::CoolingDown)]);
    }
}
