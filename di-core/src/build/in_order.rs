//! The build in which no constructor is async: one after the other.

use super::Round;
use super::turn::Turn;
use crate::container::{Assemble, Visit};
use crate::deferral::Defers;
use crate::error::BuildError;
use crate::service::BoxError;
use crate::state::Filling;

/// Builds every node after what it needs.
#[inline(always)]
pub(super) fn build<C: Assemble>(inherited: C::Inherited, inputs: C::Inputs) -> Result<C, BuildError> {
    let mut slots = C::begin(inherited, inputs);
    let mut one_by_one = OneByOne { created: 0 };
    if let Err(cause) = C::fill(&mut slots, &mut one_by_one) {
        return Err(undo::<C>(slots, one_by_one.created, cause));
    }
    let (container, deferred) = C::finish(slots);
    C::Deferring::run::<C>(deferred, container.slots());
    Ok(container)
}

/// Every node is begun in its turn.
struct OneByOne {
    created: usize,
}

impl<C: Assemble> Round<C> for OneByOne {
    #[inline(always)]
    fn begins(&mut self, _: usize) -> bool {
        true
    }

    #[inline(always)]
    fn begun(&mut self, _: &mut C::Slots<C::Building>, _: usize, _: Turn) {
        self.created += 1;
    }
}

/// Drops what was created, in reverse order of creation, and names what failed.
#[cold]
#[inline(never)]
fn undo<C: Assemble>(mut slots: C::Slots<C::Building>, created: usize, cause: BoxError) -> BuildError {
    for &node in C::GRAPH.order[..created].iter().rev() {
        C::visit(&mut slots, node, Clear);
    }
    BuildError::of_node(&C::GRAPH, C::GRAPH.order[created], cause)
}

/// Drops what a cell holds.
pub(super) struct Clear;

impl<F: Filling> Visit<F> for Clear {
    type Output = ();

    fn cell<T>(self, cell: &mut F::Cell<T>) {
        F::clear(cell);
    }

    fn nothing(self) {}
}
