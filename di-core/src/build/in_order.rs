//! The build in which no constructor is async: a walk along the constant order.

use crate::container::{Assemble, Visit};
use crate::error::BuildError;
use crate::state::{Filling, InOrder};

/// Builds every node after what it needs.
#[inline]
pub(super) fn build<C: Assemble>(inherited: C::Inherited, inputs: C::Inputs) -> Result<C, BuildError> {
    let mut slots = C::begin::<InOrder>(inherited, inputs);
    for (position, &node) in C::GRAPH.order.iter().enumerate() {
        if let Err(cause) = C::step::<InOrder>(&mut slots, node) {
            return Err(undo::<C>(slots, position, cause));
        }
    }
    Ok(super::complete::<C, InOrder>(slots))
}

/// Drops what was built, in reverse order of creation, and names what failed.
#[cold]
#[inline(never)]
fn undo<C: Assemble>(mut slots: C::Slots<InOrder>, built: usize, cause: crate::BoxError) -> BuildError {
    for &node in C::GRAPH.order[..built].iter().rev() {
        C::visit::<InOrder, _>(&mut slots, node, Clear);
    }
    BuildError::of_node(&C::GRAPH, C::GRAPH.order[built], cause)
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
