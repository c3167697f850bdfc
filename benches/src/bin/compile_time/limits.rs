//! The limits of `targets.toml` that concern compile time, and which of them are broken.

use std::collections::BTreeMap;
use std::fs;

use di_benches::files::{FileError, workspace};
use di_benches::generate::Shape;
use serde::Deserialize;

use crate::Error;
use crate::measure::{Cost, Row};
use crate::step::Step;

/// From how many services on the growth of the expansion is judged.
const FEW: usize = 100;

/// The part of `targets.toml` that counts here.
#[derive(Debug, Deserialize)]
pub(crate) struct Targets {
    /// By the shape's name: instructions as a ratio to the same wiring by hand.
    compile_time: BTreeMap<String, Limits>,
    /// The time of expansion per service, at the most services beside at the fewest.
    expansion_growth: Limit,
}

/// The limits of a shape.
#[derive(Debug, Deserialize)]
struct Limits {
    /// From how many services on they hold, and with how many the short form measures them: with fewer, what does not depend on
    /// their number hides what does.
    from: usize,
    #[serde(flatten)]
    steps: BTreeMap<Step, Limit>,
}

/// A ratio.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Limit {
    pub(crate) limit: f64,
    pub(crate) aim: f64,
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

    /// The numbers of services from which on limits hold.
    pub(crate) fn sizes(&self) -> Vec<usize> {
        let mut sizes: Vec<usize> = self.compile_time.values().map(|limits| limits.from).collect();
        sizes.sort_unstable();
        sizes.dedup();
        sizes
    }

    /// Whether a step has a limit in this shape that holds from this many services on, or such a limit of another shape is a
    /// ratio to it.
    pub(crate) fn concern(&self, shape: Shape, services: usize, step: Step) -> bool {
        self.compile_time.iter().any(|(limited, limits)| {
            limits.from == services
                && limits.steps.contains_key(&step)
                && [limited.as_str(), by_hand(limited)].contains(&shape.name())
        })
    }

    /// A line for each limit that is broken: no number is no ratio that holds.
    pub(crate) fn broken(&self, rows: &[Row]) -> Vec<String> {
        let broken = self.held(rows).into_iter().filter(|held| held.ratio.is_nan() || held.ratio > held.limit.limit);
        broken
            .map(|Held { what, ratio, limit }| format!("{what}: {ratio:.3}x, the limit is {}x", limit.limit))
            .collect()
    }

    /// What has a limit, but is not among the rows.
    pub(crate) fn unmeasured(&self, rows: &[Row]) -> impl Iterator<Item = String> {
        let limits = self
            .compile_time
            .iter()
            .flat_map(|(shape, limits)| limits.steps.keys().map(move |step| (shape.as_str(), limits.from, *step)));
        limits.filter_map(|(shape, from, step)| {
            let mut of_shape = rows.iter().filter(|row| row.shape == shape && row.services >= from);
            let is_measured = of_shape.any(|row| ratio(rows, row, step, instructions).is_some());
            (!is_measured).then(|| format!("{}, {}", step.spoken(), spoken(shape)))
        })
    }

    /// What was measured and has a limit.
    pub(crate) fn held(&self, rows: &[Row]) -> Vec<Held> {
        let mut held = Vec::new();
        for row in rows {
            let limits = self.compile_time.get(row.shape).filter(|limits| row.services >= limits.from);
            for (step, limit) in limits.into_iter().flat_map(|limits| &limits.steps) {
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
    let mut ours: Vec<&Row> = rows.iter().filter(|row| row.shape == "ours" && row.services >= FEW).collect();
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
                    [compile_time.ours]\nfrom = 100\ncheck = { limit = 2.3, aim = 2.0 }\nbuild-edit = { limit = 3.0, aim = 2.4 }\n\
                    [compile_time.ours_in_modules]\nfrom = 400\nedit = { limit = 3.1, aim = 2.8 }\n";
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
        assert!(targets.concern(Shape::Ours, 100, Step::Check) && targets.concern(Shape::ByHand, 100, Step::Check));
        for limit in targets.compile_time.values().flat_map(|limits| limits.steps.values()) {
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
        let concerned = |services, step| {
            let all = [Shape::ByHand, Shape::Ours, Shape::ByHandInModules, Shape::OursInModules, Shape::Dill];
            all.into_iter().filter(|shape| targets().concern(*shape, services, step)).collect::<Vec<_>>()
        };
        assert_eq!(targets().sizes(), [100, 400]);
        assert_eq!(concerned(100, Step::Check), [Shape::ByHand, Shape::Ours]);
        assert_eq!(concerned(400, Step::Check), []);
        assert_eq!(concerned(400, Step::Edit), [Shape::ByHandInModules, Shape::OursInModules]);
        assert_eq!(concerned(100, Step::Field), []);
    }

    #[test]
    fn limits_hold_from_their_number_of_services_on() {
        let rows = [row("by_hand", 50, &[(Step::Check, 1)]), row("ours", 50, &[(Step::Check, 9)])];
        assert!(targets().broken(&rows).is_empty());
        let rows =
            [row("by_hand_in_modules", 100, &[(Step::Edit, 1)]), row("ours_in_modules", 100, &[(Step::Edit, 9)])];
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
