//! The critical path: the services that decided how long it took.

use std::time::Duration;

/// When a node could begin, and when it ended, since the beginning of the start or the stop.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::lifecycle) struct Entry {
    pub(in crate::lifecycle) begun: Duration,
    pub(in crate::lifecycle) ended: Duration,
}

/// The chain of nodes, each of which waited for the one before, that ended last.
pub(in crate::lifecycle) fn critical_path<'a>(
    entries: &[Entry],
    waits_for: impl Fn(usize) -> &'a [usize],
) -> Vec<usize> {
    let last_of = |nodes: &mut dyn Iterator<Item = usize>| nodes.max_by_key(|&node| entries[node].ended);
    let mut path = Vec::new();
    let mut next = last_of(&mut (0..entries.len()));
    while let Some(node) = next {
        path.push(node);
        next = last_of(&mut waits_for(node).iter().copied());
    }
    path.reverse();
    path
}
