//! Invariants of every life that is over.

use std::time::Duration;

use di_core::lifecycle::{Failure, ServiceFailure, StartCause, State, Step, StopError, StopReason};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

use super::case::{Case, Cut};
use super::service::{Did, End};
use super::{DRAIN, EACH, LAST_CALL, Life, TOTAL};
use crate::world::millis;

type Checked = Result<(), TestCaseError>;

/// What must be true whatever the clock says.
pub(crate) fn check_order(case: &Case, life: &Life) -> Checked {
    nothing_starts_before_what_it_needs(case, life)?;
    nothing_stops_before_those_that_need_it(case, life)?;
    what_was_touched_is_cleared_up_once_by_the_right_hook(case, life)?;
    what_did_not_stop_is_named(case, life)?;
    nothing_is_left(life)
}

/// What must be true on paused time.
pub(crate) fn check(case: &Case, life: &Life) -> Checked {
    check_order(case, life)?;
    nothing_starts_later_than_it_can(case, life)?;
    the_first_cause_is_returned(case, life)?;
    a_death_while_running_is_the_cause_of_the_stop(life)?;
    it_ends_in_time(case, life)
}

impl Life {
    /// The moment and the place in the story at which something was done with a node.
    fn find(&self, node: usize, what: impl Fn(Did) -> bool) -> Option<(Duration, usize)> {
        let place = self.story.iter().position(|&(_, other, did)| other == node && what(did))?;
        Some((self.story[place].0, place))
    }

    fn count(&self, node: usize, what: impl Fn(Did) -> bool) -> usize {
        self.story.iter().filter(|&&(_, other, did)| other == node && what(did)).count()
    }

    fn started(&self, node: usize) -> Option<(Duration, usize)> {
        self.find(node, |did| did == Did::StartEnd(End::Ok))
    }

    fn stop_failures(&self) -> &[ServiceFailure] {
        self.stop.as_ref().err().map_or(&[], StopError::failures)
    }
}

fn name(node: usize) -> &'static str {
    ["a", "b", "c", "d", "e", "f", "g", "h"][node]
}

fn hooked(case: &Case) -> impl Iterator<Item = usize> + '_ {
    (0..case.nodes.len()).filter(|&node| case.nodes[node].hooks.is_some())
}

/// What a node with hooks needs, of which it knows only through nodes without hooks, too.
fn hooked_needs(case: &Case, node: usize) -> impl Iterator<Item = usize> + '_ {
    case.all_needs(node).into_iter().filter(|&need| case.nodes[need].hooks.is_some())
}

fn nothing_starts_before_what_it_needs(case: &Case, life: &Life) -> Checked {
    for node in hooked(case) {
        let Some((_, begun)) = life.find(node, |did| did == Did::StartBegin) else { continue };
        for need in hooked_needs(case, node) {
            let ended = life.started(need).map(|(_, place)| place);
            prop_assert!(ended.is_some_and(|ended| ended < begun), "{} started before {}", name(node), name(need));
        }
    }
    Ok(())
}

fn nothing_starts_later_than_it_can(case: &Case, life: &Life) -> Checked {
    for node in hooked(case) {
        let Some((begun, _)) = life.find(node, |did| did == Did::StartBegin) else { continue };
        let needs = hooked_needs(case, node).filter_map(|need| life.started(need));
        let earliest = needs.map(|(at, _)| at).max().unwrap_or_default();
        prop_assert_eq!(begun, earliest, "{} could have started earlier", name(node));
    }
    Ok(())
}

fn nothing_stops_before_those_that_need_it(case: &Case, life: &Life) -> Checked {
    let down = |did| matches!(did, Did::StopBegin { .. } | Did::AbortBegin);
    let downed = |did| matches!(did, Did::StopEnd(_) | Did::AbortEnd(_));
    for node in hooked(case) {
        if life.find(node, |did| did == Did::StartBegin).is_none() {
            continue;
        }
        let Some((_, ended)) = life.find(node, downed) else { continue };
        for need in case.all_needs(node) {
            if let Some((_, begun)) = life.find(need, down) {
                prop_assert!(ended < begun, "{} stopped before {}", name(need), name(node));
            }
        }
    }
    Ok(())
}

fn what_was_touched_is_cleared_up_once_by_the_right_hook(case: &Case, life: &Life) -> Checked {
    let all_started = matches!(life.start, Some(Ok(_)));
    for node in hooked(case) {
        let begun = life.count(node, |did| did == Did::StartBegin);
        let ok = life.count(node, |did| did == Did::StartEnd(End::Ok));
        let ended = life.count(node, |did| matches!(did, Did::StartEnd(_)));
        let stops = life.count(node, |did| matches!(did, Did::StopBegin { .. }));
        let aborts = life.count(node, |did| did == Did::AbortBegin);
        prop_assert!(begun <= 1 && ended == begun, "{}: {begun} starts, {ended} ends", name(node));
        prop_assert_eq!((stops, aborts), (ok, begun - ok), "stops and aborts of {}", name(node));
        prop_assert!(!all_started || ok == 1, "{} did not start", name(node));
        let wrong = life.count(node, |did| matches!(did, Did::StopBegin { ready, dead } if ready || dead));
        prop_assert_eq!(wrong, 0, "{} was stopped while ready, or while not live", name(node));
    }
    Ok(())
}

fn what_did_not_stop_is_named(case: &Case, life: &Life) -> Checked {
    for node in hooked(case) {
        for (step, end) in [(Step::Stop, Did::StopEnd as fn(End) -> Did), (Step::OnAbort, Did::AbortEnd)] {
            let failed = [End::Failed, End::Panicked, End::Dropped]
                .into_iter()
                .any(|how| life.find(node, |did| did == end(how)).is_some());
            let named =
                life.stop_failures().iter().any(|failure| failure.service() == name(node) && failure.step() == &step);
            let late = life.find(node, |did| did == end(End::Ok)).is_some();
            // What ends at its very deadline may be named although it ended.
            prop_assert!(named || !failed, "{} failed and is not named", name(node));
            prop_assert!(failed || late || !named, "{} is named and did not fail", name(node));
        }
    }
    if let Some(Err(error)) = &life.start {
        prop_assert_eq!(error.rollback().len(), life.stop_failures().len());
    }
    Ok(())
}

/// The moments at which something went wrong with the start, or could have.
fn troubles(case: &Case, life: &Life, until: Duration) -> Vec<Duration> {
    let mut troubles = Vec::new();
    for &(at, _, did) in &life.story {
        if matches!(did, Did::StartEnd(End::Failed | End::Panicked) | Did::TaskDied) {
            troubles.push(at);
        }
    }
    for node in hooked(case) {
        if let Some((begun, _)) = life.find(node, |did| did == Did::StartBegin) {
            let deadline = (begun + millis(EACH)).min(millis(TOTAL));
            let ended = life.find(node, |did| matches!(did, Did::StartEnd(how) if how != End::Dropped));
            let dropped = life.find(node, |did| did == Did::StartEnd(End::Dropped));
            // What ends at its very deadline may be in time.
            if ended.is_some_and(|(at, _)| at > deadline) || dropped.is_some_and(|(at, _)| at >= deadline) {
                troubles.push(deadline);
            }
        }
    }
    if let Some((_, at)) = case.cut {
        troubles.push(millis(at));
    }
    troubles.retain(|at| *at <= until);
    troubles
}

fn the_first_cause_is_returned(case: &Case, life: &Life) -> Checked {
    let error = match &life.start {
        Some(Err(error)) => error,
        Some(Ok(report)) => {
            let early: Vec<_> =
                troubles(case, life, report.total()).into_iter().filter(|at| *at < report.total()).collect();
            prop_assert!(early.is_empty(), "it started in spite of {early:?}");
            return Ok(());
        }
        None => {
            prop_assert!(matches!(case.cut, Some((Cut::DropStart, _))));
            return Ok(());
        }
    };
    let at = match error.cause() {
        StartCause::Cancelled { reason, .. } => {
            prop_assert_eq!(reason, &StopReason::Asked);
            millis(case.cut.map_or(u64::MAX, |(_, at)| at))
        }
        StartCause::Service(failure) => {
            let node = (0..case.nodes.len()).find(|&node| name(node) == failure.service()).unwrap();
            let (begun, _) = life.find(node, |did| did == Did::StartBegin).unwrap_or_default();
            match (failure.step(), failure.failure()) {
                (Step::Task(_), _) => life.find(node, |did| did == Did::TaskDied).unwrap().0,
                // The total was used up before its start could begin.
                (_, Failure::TimedOut { budget }) if budget.is_zero() => millis(TOTAL),
                (_, Failure::TimedOut { budget }) => begun + *budget,
                _ => begun + failure.took(),
            }
        }
        other => return Err(TestCaseError::fail(format!("no cause of these tests: {other}"))),
    };
    let earlier: Vec<_> = troubles(case, life, at).into_iter().filter(|trouble| *trouble < at).collect();
    prop_assert!(earlier.is_empty(), "{error} at {at:?}, but before it {earlier:?}");
    Ok(())
}

fn a_death_while_running_is_the_cause_of_the_stop(life: &Life) -> Checked {
    let reason = match &life.stop {
        Ok(report) => report.reason(),
        Err(error) => error.report().map_or(&StopReason::Asked, |report| report.reason()),
    };
    let Some(Ok(start)) = &life.start else { return Ok(()) };
    let stop = life.story.iter().find(|(_, _, did)| matches!(did, Did::StopBegin { .. }));
    let asked = stop.map(|(at, _, _)| at.saturating_sub(millis(DRAIN)));
    let death = life.story.iter().find(|(_, _, did)| *did == Did::TaskDied).map(|(at, node, _)| (*at, *node));
    if let (Some((at, node)), Some(asked)) = (death, asked)
        && at < asked
    {
        return Err(TestCaseError::fail(format!("{} lost its task, and was not stopped {start}", name(node))));
    }
    if let StopReason::TaskDied { service, .. } = reason {
        let first = &life.stop_failures()[0];
        prop_assert_eq!(first.service(), *service);
        prop_assert!(matches!(first.step(), Step::Task(_)));
        prop_assert_eq!(death.map(|(at, _)| at), asked, "it stops when the task dies");
    }
    Ok(())
}

fn nothing_is_left(life: &Life) -> Checked {
    prop_assert_eq!(life.tasks_alive, 0, "a background task was leaked");
    prop_assert_eq!(life.state, State::Stopped);
    let text = |stop: &Result<_, StopError>| stop.as_ref().map_err(ToString::to_string).err();
    prop_assert_eq!(text(&life.stop), text(&life.again));
    Ok(())
}

fn it_ends_in_time(case: &Case, life: &Life) -> Checked {
    // A hook and a task can each use up a last call of their own, and another to be dropped.
    let levels = u64::try_from(case.nodes.len()).unwrap();
    let cut = case.cut.map_or(0, |(_, at)| at);
    let longest = TOTAL.max(cut) + case.runs_for + DRAIN + TOTAL + levels * 4 * LAST_CALL;
    prop_assert!(life.took <= millis(longest), "it took {:?}", life.took);
    Ok(())
}
