//! Runs the constructors of a container in the order of its graph.

mod concurrent;
mod in_order;
pub(crate) mod pending;
mod turn;

pub use concurrent::Build;

use crate::container::Assemble;
use crate::field::Field;
use crate::mode::Making;
use crate::service::{BoxError, Filled, Hold, Made};
use turn::Turn;

/// Builds a container; at once if no constructor is async.
#[doc(hidden)]
#[inline(always)]
pub fn build<C: Assemble>(inherited: C::Inherited, inputs: C::Inputs) -> Making<C> {
    if const { C::GRAPH.is_async() } {
        Making::Later(C::concurrently(Build::new(inherited, inputs)).into_inner())
    } else {
        Making::Now(in_order::build(inherited, inputs))
    }
}

/// Builds a container as a service of another one.
#[doc(hidden)]
#[inline(always)]
pub fn nested<C: Assemble, H: Hold<C>>(inherited: C::Inherited, inputs: C::Inputs) -> Made<H> {
    match build(inherited, inputs) {
        Making::Now(result) => Made::tried(result.map_err(|error| -> BoxError { error.into() })),
        Making::Later(future) => Made::tried_later(future),
    }
}

/// One way through the nodes of a container: which constructors are begun in it.
#[doc(hidden)]
pub trait Round<C: Assemble> {
    /// Whether the node's constructor is begun now.
    fn begins(&mut self, node: usize) -> bool;

    /// Notes that it was; an async one's turn goes on.
    fn begun(&mut self, slots: &mut C::Slots<C::Building>, node: usize, turn: Turn);
}

/// One node's turn.
///
/// # Errors
///
/// That of its constructor.
#[doc(hidden)]
#[inline(always)]
pub fn place<C, R, const NODE: usize>(slots: &mut C::Slots<C::Building>, round: &mut R) -> Filled
where
    C: Field<NODE>,
    R: Round<C>,
{
    if round.begins(NODE) {
        let turn = Turn::of(&C::GRAPH, NODE);
        turn.run(|| <C as Field<NODE>>::make(slots))?;
        round.begun(slots, NODE, turn);
    }
    Ok(())
}
