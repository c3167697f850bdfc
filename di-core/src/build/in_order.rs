//! The build in which no constructor is async: as declared where that is an order, else along the constant one.

use crate::container::{Assemble, Visit};
use crate::error::BuildError;
use crate::state::{Filling, InOrder};

/// Builds every node after what it needs.
#[inline(always)]
pub(super) fn build<C: Assemble>(inherited: C::Inherited, inputs: C::Inputs) -> Result<C, BuildError> {
    let mut slots = C::begin::<InOrder>(inherited, inputs);
    if const { C::GRAPH.is_order(C::DECLARED) } {
        if let Err((built, cause)) = C::in_declared_order(&mut slots) {
            return Err(undo::<C>(slots, C::DECLARED, built, cause));
        }
    } else {
        for (position, &node) in C::GRAPH.order.iter().enumerate() {
            if let Err(cause) = C::step::<InOrder>(&mut slots, node) {
                return Err(undo::<C>(slots, C::GRAPH.order, position, cause));
            }
        }
    }
    Ok(super::complete::<C, InOrder>(slots))
}

/// Drops what was built, in reverse order of creation, and names what failed.
#[cold]
#[inline(never)]
fn undo<C: Assemble>(
    mut slots: C::Slots<InOrder>,
    order: &[usize],
    built: usize,
    cause: crate::BoxError,
) -> BuildError {
    for &node in order[..built].iter().rev() {
        C::visit::<InOrder, _>(&mut slots, node, Clear);
    }
    BuildError::of_node(&C::GRAPH, order[built], cause)
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
