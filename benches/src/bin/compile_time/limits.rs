//! The limits of `targets.toml` that concern compile time, and which of them are broken.

use std::collections::BTreeMap;
use std::fs;

use di_benches::files::{FileError, workspace};
use di_benches::generate::Shape;
use serde::Deserialize;

use crate::Error;
use crate::measure::{Cost, Row};
use crate::step::Step;

/// With fewer services, what does not depend on their number hides what does.
pub(crate) const FROM: usize = 100;

/// The part of `targets.toml` that counts here.
#[derive(Debug, Deserialize)]
pub(crate) struct Targets {
    /// By the shape's name and the step: instructions as a ratio to the same wiring by hand.
    compile_time: BTreeMap<String, BTreeMap<Step, Limit>>,
    /// The time of expansion per service, at the most services beside at the fewest.
    expansion_growth: Limit,
}

/// A ratio.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Limit {
    pub(crate) limit: f64,
    pub(crate) aim: f64,
    /// What holds today, where the limit is not reached yet.
    #[serde(default)]
    pub(crate) reached: Option<f64>,
}

/// A ratio that was measured, and has a limit.
#[derive(Debug)]
pub(crate) struct Held {
    /// What it is the ratio of.
    pub(crate) what: String,
    /// By how much it is more than by hand.
    pub(crate) ratio: f64,
    /// What it may be.
    pub(crate) limit: Limit,
}

impl Targets {
    pub(crate) fn read() -> Result<Self, Error> {
        let path = workspace().join("benches/targets.toml");
        let text = fs::read_to_string(&path).map_err(FileError::at(path))?;
        Ok(toml::from_str(&text)?)
    }

    /// Whether a step has a limit in this shape, or the limit of another shape is a ratio to it.
    pub(crate) fn concern(&self, shape: Shape, step: Step) -> bool {
        self.compile_time.iter().any(|(limited, steps)| {
            steps.contains_key(&step) && [limited.as_str(), by_hand(limited)].contains(&shape.name())
        })
    }

    /// A line for each limit that is broken.
    pub(crate) fn broken(&self, rows: &[Row]) -> Vec<String> {
        let broken = self.beyond(rows, |limit| limit.limit);
        broken
            .map(|Held { what, ratio, limit }| format!("{what}: {ratio:.3}x, the limit is {}x", limit.limit))
            .collect()
    }

    /// What is beyond a bound: no number is no ratio that holds.
    fn beyond(&self, rows: &[Row], bound: fn(Limit) -> f64) -> impl Iterator<Item = Held> {
        self.held(rows).into_iter().filter(move |held| held.ratio.is_nan() || held.ratio > bound(held.limit))
    }

    /// A line for each ratio that is worse than what was reached.
    pub(crate) fn worse(&self, rows: &[Row]) -> Vec<String> {
        let reached = |limit: Limit| limit.reached.unwrap_or(limit.limit);
        let worse = self.beyond(rows, reached);
        worse
            .map(|Held { what, ratio, limit }| format!("{what}: {ratio:.3}x, {}x was reached", reached(limit)))
            .collect()
    }

    /// What has a limit, but is not among the rows.
    pub(crate) fn unmeasured(&self, rows: &[Row]) -> impl Iterator<Item = String> {
        let limits =
            self.compile_time.iter().flat_map(|(shape, limits)| limits.keys().map(move |step| (shape.as_str(), *step)));
        limits.filter_map(|(shape, step)| {
            let mut of_shape = rows.iter().filter(|row| row.shape == shape && row.services >= FROM);
            let is_measured = of_shape.any(|row| ratio(rows, row, step, instructions).is_some());
            (!is_measured).then(|| format!("{}, {}", step.spoken(), spoken(shape)))
        })
    }

    /// What was measured and has a limit.
    pub(crate) fn held(&self, rows: &[Row]) -> Vec<Held> {
        let mut held = Vec::new();
        for row in rows.iter().filter(|row| row.services >= FROM) {
            for (step, limit) in self.compile_time.get(row.shape).into_iter().flatten() {
                let what = format!("{}, {}, {} services", step.spoken(), spoken(row.shape), row.services);
                held.extend(ratio(rows, row, *step, instructions).map(|ratio| Held { what, ratio, limit: *limit }));
            }
        }
        held.extend(growth(rows).map(|ratio| Held {
            what: "expansion per service, most services beside fewest".to_owned(),
            ratio,
            limit: self.expansion_growth,
        }));
        held
    }
}

/// How many times what the same wiring by hand costs, with as many services.
pub(crate) fn ratio(rows: &[Row], row: &Row, step: Step, of: fn(Cost) -> Option<f64>) -> Option<f64> {
    let by_hand = rows.iter().find(|other| other.shape == by_hand(row.shape) && other.services == row.services)?;
    let cost = |row: &Row| row.steps.get(&step).copied().flatten().and_then(of);
    Some(cost(row)? / cost(by_hand)?)
}

/// The shape that another one is compared with.
fn by_hand(shape: &str) -> &'static str {
    if shape == Shape::OursInModules.name() { Shape::ByHandInModules.name() } else { Shape::ByHand.name() }
}

/// For [`ratio`].
pub(crate) fn instructions(cost: Cost) -> Option<f64> {
    cost.instructions.map(|count| count as f64)
}

/// For [`ratio`].
pub(crate) fn cpu(cost: Cost) -> Option<f64> {
    cost.seconds.map(|seconds| seconds.cpu)
}

/// Milliseconds of expansion for a hundred services.
pub(crate) fn expansion_per_hundred(row: &Row) -> Option<f64> {
    Some(row.expansion_ms? / row.services as f64 * 100.0)
}

/// The shape's name in a sentence.
pub(crate) fn spoken(shape: &str) -> String {
    shape.replace('_', " ")
}

/// How much more the expansion of one service takes with many than with few: 1 is linear.
fn growth(rows: &[Row]) -> Option<f64> {
    let mut ours: Vec<&Row> = rows.iter().filter(|row| row.shape == "ours" && row.services >= FROM).collect();
    ours.sort_by_key(|row| row.services);
    match ours.as_slice() {
        [few, .., many] => Some(expansion_per_hundred(many)? / expansion_per_hundred(few)?),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Limits of the test's own, so that others in the file break nothing here.
    fn targets() -> Targets {
        let text = "expansion_growth = { limit = 1.5, aim = 1.0 }\n\
                    [compile_time.ours]\ncheck = { limit = 2.3, aim = 2.0 }\nbuild-edit = { limit = 3.0, aim = 2.4 }\n\
                    [compile_time.ours_in_modules]\nedit = { limit = 3.1, aim = 2.8 }\n";
        toml::from_str(text).unwrap()
    }

    fn row(shape: &'static str, services: usize, steps: &[(Step, u64)]) -> Row {
        let cost = |count: u64| Some(Cost { instructions: Some(count), seconds: None });
        let steps = steps.iter().map(|(step, count)| (*step, cost(*count))).collect();
        Row { shape, services, steps, expansion_ms: None }
    }

    #[test]
    fn the_file_has_a_limit_and_a_tighter_aim_for_each_step_that_is_gated() {
        let targets = Targets::read().unwrap();
        assert!(targets.concern(Shape::Ours, Step::Check) && targets.concern(Shape::ByHand, Step::Check));
        for limit in targets.compile_time.values().flat_map(BTreeMap::values) {
            assert!(limit.aim < limit.limit, "{limit:?}");
        }
    }

    #[test]
    fn a_ratio_beyond_its_limit_is_broken_and_one_at_its_limit_holds() {
        let by_hand = row("by_hand", 100, &[(Step::Check, 1000), (Step::BuildEdit, 100)]);
        let at_limit = row("ours", 100, &[(Step::Check, 2300), (Step::BuildEdit, 300)]);
        assert!(targets().broken(&[by_hand.clone(), at_limit]).is_empty());
        let beyond = row("ours", 100, &[(Step::Check, 2301), (Step::BuildEdit, 301)]);
        let broken = targets().broken(&[by_hand, beyond]);
        assert_eq!(
            broken,
            [
                "check, ours, 100 services: 2.301x, the limit is 2.3x",
                "build after an edit, ours, 100 services: 3.010x, the limit is 3x",
            ]
        );
    }

    #[test]
    fn what_misses_its_limit_may_not_get_worse() {
        let text = "expansion_growth = { limit = 1.5, aim = 1.0 }\n\
                    [compile_time.ours]\ncheck = { limit = 2.3, aim = 2.0, reached = 2.5 }\n";
        let targets: Targets = toml::from_str(text).unwrap();
        let by_hand = row("by_hand", 100, &[(Step::Check, 1000)]);
        let rows = |count| [by_hand.clone(), row("ours", 100, &[(Step::Check, count)])];
        assert_eq!(targets.broken(&rows(2500)).len(), 1);
        assert!(targets.worse(&rows(2500)).is_empty());
        assert_eq!(targets.worse(&rows(2501)), ["check, ours, 100 services: 2.501x, 2.5x was reached"]);
    }

    #[test]
    fn modules_are_compared_with_modules_by_hand() {
        let rows = [
            row("by_hand", 400, &[(Step::Edit, 1)]),
            row("by_hand_in_modules", 400, &[(Step::Edit, 100)]),
            row("ours_in_modules", 400, &[(Step::Edit, 320)]),
        ];
        assert_eq!(
            targets().broken(&rows),
            ["check after an edit, ours in modules, 400 services: 3.200x, the limit is 3.1x"]
        );
    }

    #[test]
    fn what_has_a_limit_and_what_it_is_compared_with_are_concerned() {
        let concerned = |step| {
            let all = [Shape::ByHand, Shape::Ours, Shape::ByHandInModules, Shape::OursInModules, Shape::Dill];
            all.into_iter().filter(|shape| targets().concern(*shape, step)).collect::<Vec<_>>()
        };
        assert_eq!(concerned(Step::Check), [Shape::ByHand, Shape::Ours]);
        assert_eq!(concerned(Step::Edit), [Shape::ByHandInModules, Shape::OursInModules]);
        assert_eq!(concerned(Step::Field), []);
    }

    #[test]
    fn limits_hold_from_a_hundred_services_on() {
        let rows = [row("by_hand", 50, &[(Step::Check, 1)]), row("ours", 50, &[(Step::Check, 9)])];
        assert!(targets().broken(&rows).is_empty());
    }

    #[test]
    fn what_has_a_limit_and_was_not_measured_is_said() {
        let rows = [
            row("by_hand", 100, &[(Step::Check, 1000)]),
            row("ours", 100, &[(Step::Check, 2000), (Step::BuildEdit, 1)]),
        ];
        let unmeasured: Vec<String> = targets().unmeasured(&rows).collect();
        assert_eq!(unmeasured, ["build after an edit, ours", "check after an edit, ours in modules"]);
    }
}
