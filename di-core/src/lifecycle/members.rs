//! The services that a start or a stop is about: all of them, or some and what goes with them.

use std::collections::BTreeSet;

/// Nodes of a plan.
#[derive(Debug)]
pub(super) struct Members(BTreeSet<usize>);

impl Members {
    /// All of so many.
    pub(super) fn all(count: usize) -> Self {
        Self((0..count).collect())
    }

    /// A node and all that it leads to, as far as `wanted` goes.
    pub(super) fn from<'a>(
        node: usize,
        leads_to: impl Fn(usize) -> &'a [usize],
        wanted: impl Fn(usize) -> bool,
    ) -> Self {
        let mut found = BTreeSet::new();
        let mut open = vec![node];
        while let Some(node) = open.pop() {
            if wanted(node) && found.insert(node) {
                open.extend(leads_to(node));
            }
        }
        Self(found)
    }

    pub(super) fn contains(&self, node: usize) -> bool {
        self.0.contains(&node)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.0.iter().copied()
    }

    /// Those of these nodes that are members.
    pub(super) fn among<'a>(&'a self, nodes: &'a [usize]) -> impl Iterator<Item = usize> + 'a {
        nodes.iter().copied().filter(|node| self.contains(*node))
    }
}
