//! Random graphs, and what is done to them.

use proptest::prelude::*;

use crate::world::Script;

#[derive(Debug, Clone)]
pub(crate) struct Case {
    pub(crate) nodes: Vec<Node>,
    /// Whether the plan lists dependents before what they need.
    pub(crate) reversed: bool,
    pub(crate) cut: Option<(Cut, u64)>,
    /// How many milliseconds it is left alone after the start.
    pub(crate) runs_for: u64,
}

#[derive(Debug, Clone)]
pub(crate) struct Node {
    /// A bit per node before it, or after it in a reversed graph.
    needs: u8,
    pub(crate) hooks: Option<Hooks>,
}

#[derive(Debug, Clone)]
pub(crate) struct Hooks {
    pub(crate) start: Script,
    pub(crate) stop: Script,
    pub(crate) abort: Script,
    pub(crate) task: Option<Task>,
}

#[derive(Debug, Clone)]
pub(crate) struct Task {
    /// After how many milliseconds each run dies, if it does.
    pub(crate) dies_after: Option<u64>,
    /// How often it may be restarted.
    pub(crate) restarts: u32,
    /// How many milliseconds it wants after it was told to end, if it listens.
    pub(crate) flush: Option<u64>,
}

/// What ends a start early.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Cut {
    Stop,
    DropStart,
}

impl Case {
    /// The indices that a node needs.
    pub(crate) fn needs(&self, index: usize) -> Vec<usize> {
        let others = if self.reversed { index + 1..self.nodes.len() } else { 0..index };
        others.filter(|other| self.nodes[index].needs & (1 << other) != 0).collect()
    }

    /// All that a node needs, through others, too.
    pub(crate) fn all_needs(&self, index: usize) -> Vec<usize> {
        let mut all = self.needs(index);
        let mut next = 0;
        while let Some(&need) = all.get(next) {
            for further in self.needs(need) {
                if !all.contains(&further) {
                    all.push(further);
                }
            }
            next += 1;
        }
        all
    }
}

pub(crate) fn cases() -> impl Strategy<Value = Case> {
    let cut = prop_oneof![Just(Cut::Stop), Just(Cut::DropStart)];
    let cut = prop::option::weighted(0.4, (cut, 0_u64..100));
    (prop::collection::vec(node(), 1..8), any::<bool>(), cut, prop_oneof![Just(0), 0_u64..200])
        .prop_map(|(nodes, reversed, cut, runs_for)| Case { nodes, reversed, cut, runs_for })
}

fn node() -> impl Strategy<Value = Node> {
    // Two masks in one: otherwise most graphs are nearly complete, and so nearly a chain.
    let needs = (any::<u8>(), any::<u8>()).prop_map(|(one, other)| one & other);
    (needs, prop::option::weighted(0.85, hooks())).prop_map(|(needs, hooks)| Node { needs, hooks })
}

fn hooks() -> impl Strategy<Value = Hooks> {
    // Starts succeed more often than not: otherwise few graphs are ever running.
    (script(30), script(4), script(4), prop::option::weighted(0.25, task()))
        .prop_map(|(start, stop, abort, task)| Hooks { start, stop, abort, task })
}

fn script(ok: u32) -> impl Strategy<Value = Script> {
    prop_oneof![
        ok => (0_u64..38).prop_map(Script::Ok),
        1 => (30_u64..60).prop_map(Script::Ok),
        1 => (0_u64..50).prop_map(Script::Fail),
        1 => (0_u64..50).prop_map(Script::Panic),
        1 => Just(Script::Hang),
    ]
}

fn task() -> impl Strategy<Value = Task> {
    (prop::option::weighted(0.3, 0_u64..80), 0_u32..3, prop::option::of(0_u64..50))
        .prop_map(|(dies_after, restarts, flush)| Task { dies_after, restarts, flush })
}
