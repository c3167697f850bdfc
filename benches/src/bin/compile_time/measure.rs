//! The measurement of each crate, step by step.

use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::thread;

use di_benches::generate::Shape;
use serde::Serialize;

use crate::projects::{self, Project, Projects, is_ours};
use crate::seconds::{self, Seconds};
use crate::step::Step;
use crate::{Error, count, expansion};

/// What was measured of one crate.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Row {
    /// [`Shape::name`].
    pub(crate) shape: &'static str,
    /// How many there are.
    pub(crate) services: usize,
    /// By the step; of a peer, one may fail.
    pub(crate) steps: BTreeMap<Step, Option<Cost>>,
    /// What the compiler says the expansion of all macros takes, where they are ours.
    pub(crate) expansion_ms: Option<f64>,
}

/// What one step costs.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub(crate) struct Cost {
    /// Of the compiler, if they were counted.
    pub(crate) instructions: Option<u64>,
    /// Of cargo's command, the least of all runs, if there were any.
    pub(crate) seconds: Option<Seconds>,
}

/// Measures all crates. Without runs, where nothing is timed, all shapes at the same time.
pub(crate) fn all(
    shapes: &[Shape],
    sizes: &[usize],
    is_wanted: impl Fn(Shape, usize, Step) -> bool + Sync,
    runs: usize,
) -> Result<Vec<Row>, Error> {
    let projects = Projects::create()?;
    let rows = |shape| {
        let is_measured = |services: usize| Step::ALL.into_iter().any(|step| is_wanted(shape, services, step));
        let possible = sizes.iter().filter(|services| projects::can(shape, **services) && is_measured(**services));
        possible.map(|services| row(&projects, shape, *services, &is_wanted, runs)).collect::<Result<Vec<_>, _>>()
    };
    let by_shape = if runs > 0 {
        shapes.iter().map(|shape| rows(*shape)).collect::<Result<Vec<_>, _>>()
    } else {
        thread::scope(|scope| {
            let threads: Vec<_> = shapes.iter().map(|shape| scope.spawn(|| rows(*shape))).collect();
            let ended = threads.into_iter().map(thread::ScopedJoinHandle::join);
            ended.map(|rows| rows.unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
        })
    }?;
    Ok(by_shape.concat())
}

/// Measures one crate.
fn row(
    projects: &Projects,
    shape: Shape,
    services: usize,
    is_wanted: impl Fn(Shape, usize, Step) -> bool,
    runs: usize,
) -> Result<Row, Error> {
    let project = projects.project(shape, services)?;
    let mut row = Row { shape: shape.name(), services, steps: BTreeMap::new(), expansion_ms: None };
    for step in Step::ALL.into_iter().filter(|step| is_wanted(shape, services, *step)) {
        let cost = match measure(&project, step, shape, services, runs) {
            Ok(cost) => Some(cost),
            // A peer may give up on a graph of this size; that is a result, too.
            Err(Error::Command { .. }) if !is_ours(shape) => None,
            Err(error) => return Err(error),
        };
        report(&project, step, cost);
        row.steps.insert(step, cost);
    }
    if runs > 0 && matches!(shape, Shape::Ours | Shape::OursInModules) {
        project.write(&Step::Check.files(shape, services))?;
        row.expansion_ms = expansion::measure(&project, runs)?;
    }
    Ok(row)
}

/// Counts the instructions of a step, once as they repeat, and takes its time.
fn measure(project: &Project<'_>, step: Step, shape: Shape, services: usize, runs: usize) -> Result<Cost, Error> {
    let (command, error) = (step.command(), step.error(shape));
    let changed = step.files(shape, services);
    let prepare = || {
        if step.is_clean() {
            project.write(&changed)?;
            return project.forget();
        }
        project.write(&Step::Check.files(shape, services))?;
        seconds::cargo(project, command, None, None)?;
        project.write(&changed)
    };
    let mut cost = Cost::default();
    if step.is_counted(shape) {
        prepare()?;
        let count = project.count();
        seconds::cargo(project, command, Some(&count), error)?;
        cost.instructions = Some(count::take(&count)?);
    }
    let mut timed = Vec::new();
    for _ in 0..runs {
        prepare()?;
        timed.push(seconds::cargo(project, command, None, error)?);
    }
    cost.seconds = Seconds::least(&timed);
    Ok(cost)
}

/// Says on standard error how far it is.
fn report(project: &Project<'_>, step: Step, cost: Option<Cost>) {
    let mut line = format!("{}: {}", project.name, step.spoken());
    match cost {
        None => line.push_str(" fails"),
        Some(Cost { instructions, seconds }) => {
            line.extend(instructions.map(|count| format!(", {count} instructions")));
            line.extend(seconds.map(|Seconds { cpu, .. }| format!(", {cpu:.2} s of CPU")));
        }
    }
    // The measurement goes on if nobody reads this.
    let _closed = writeln!(io::stderr(), "{line}");
}
