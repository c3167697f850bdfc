//! The steps that are measured: a command of cargo, and what changes in the crate before it.

use clap::ValueEnum;
use di_benches::generate::{APP, Graph, Shape, file, files};
use serde::{Deserialize, Serialize};

use crate::projects::is_ours;

/// One thing that a user does and then waits for the compiler.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Step {
    /// Checking a crate of which the compiler knows nothing.
    Check,
    /// Checking after the body of one service was changed and a line added above the service.
    Edit,
    /// Checking after a service got another dependency.
    Field,
    /// Checking after a line was added above the container.
    Container,
    /// Checking, from nothing, a crate whose container lacks one service that another one needs.
    Fault,
    /// Building a crate of which the compiler knows nothing.
    Build,
    /// Building after the same edit.
    BuildEdit,
}

/// Which of cargo's commands is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Command {
    Check,
    Build,
}

impl Command {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Check => "check",
            Self::Build => "build",
        }
    }
}

impl Step {
    pub(crate) const ALL: [Self; 7] =
        [Self::Check, Self::Edit, Self::Field, Self::Container, Self::Fault, Self::Build, Self::BuildEdit];

    /// For tables.
    pub(crate) fn spoken(self) -> &'static str {
        match self {
            Self::Check => "check",
            Self::Edit => "check after an edit",
            Self::Field => "check after a dependency was added",
            Self::Container => "check after a line above the container",
            Self::Fault => "check that ends in an error",
            Self::Build => "build",
            Self::BuildEdit => "build after an edit",
        }
    }

    pub(crate) fn command(self) -> Command {
        match self {
            Self::Check | Self::Edit | Self::Field | Self::Container | Self::Fault => Command::Check,
            Self::Build | Self::BuildEdit => Command::Build,
        }
    }

    /// Whether the compiler starts from nothing, and not from what it kept of the crate before the change.
    pub(crate) fn is_clean(self) -> bool {
        matches!(self, Self::Check | Self::Build | Self::Fault)
    }

    /// The code that the compiler must say, if the step ends in an error.
    pub(crate) fn error(self, shape: Shape) -> Option<&'static str> {
        let is_ours = matches!(shape, Shape::Ours | Shape::OursInModules);
        (self == Self::Fault).then_some(if is_ours { "DI0001" } else { "E0425" })
    }

    /// Whether its instructions are counted. Those of a clean build are mostly LLVM's, and take minutes to count.
    pub(crate) fn is_counted(self, shape: Shape) -> bool {
        is_ours(shape) && self != Self::Build
    }

    /// Whether it is measured in this shape: in modules and of peers only what one does every day.
    pub(crate) fn concerns(self, shape: Shape) -> bool {
        match shape {
            Shape::ByHand | Shape::Ours => true,
            _ => matches!(self, Self::Check | Self::Edit | Self::Build | Self::BuildEdit),
        }
    }

    /// The files of the crate with the change of this step.
    pub(crate) fn files(self, shape: Shape, services: usize) -> Vec<(String, String)> {
        let graph = Graph::of(services);
        // In the middle: it needs others, and others need it.
        let changed = services / 2;
        match self {
            Self::Check | Self::Build => files(shape, graph),
            Self::Edit | Self::BuildEdit => with(files(shape, graph), &file(changed), |text| {
                format!("// Edited.\n{}", text.replacen("wrapping_add(1)", "wrapping_add(2)", 1))
            }),
            Self::Field => files(shape, graph.with_dependency(changed, services / 3)),
            Self::Container => with(files(shape, graph), APP, |text| format!("// Edited.\n{text}")),
            // The second half has services that only the next one needs.
            Self::Fault => files(shape, graph.without(services * 3 / 4)),
        }
    }
}

fn with(mut files: Vec<(String, String)>, name: &str, edit: impl Fn(&str) -> String) -> Vec<(String, String)> {
    for (_, text) in files.iter_mut().filter(|(file, _)| file == name) {
        *text = edit(text);
    }
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The files that a step changes.
    fn changed(step: Step, shape: Shape) -> Vec<String> {
        let before = files(shape, Graph::of(100));
        let after = step.files(shape, 100);
        after.into_iter().filter(|file| !before.contains(file)).map(|(name, _)| name).collect()
    }

    #[test]
    fn each_step_changes_what_its_name_says() {
        for shape in [Shape::ByHand, Shape::Ours, Shape::ByHandInModules, Shape::OursInModules] {
            assert!(changed(Step::Check, shape).is_empty());
            assert!(changed(Step::Build, shape).is_empty());
            assert_eq!(changed(Step::Edit, shape), ["s50.rs"]);
            assert_eq!(changed(Step::BuildEdit, shape), ["s50.rs"]);
            assert_eq!(changed(Step::Container, shape), ["app.rs"]);
            assert_eq!(changed(Step::Fault, shape), ["app.rs"]);
        }
    }

    #[test]
    fn a_dependency_that_is_added_is_wired_by_hand_and_only_declared_for_us() {
        assert_eq!(changed(Step::Field, Shape::ByHand), ["s50.rs", "app.rs"]);
        assert_eq!(changed(Step::Field, Shape::Ours), ["s50.rs"]);
    }
}
