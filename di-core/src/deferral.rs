//! Work that waits for the complete container: what fills a [`Lazy`](crate::Lazy).

use alloc::boxed::Box;
use core::cell::Cell;
use core::fmt;

use crate::container::Container;
use crate::state::Ready;

/// Whether some dependency of a container is deferred, as a type: only then does its build keep a list.
#[doc(hidden)]
#[derive(Debug)]
pub enum Deferring<const SOME: bool> {}

/// A [`Deferring`], and the list that follows from it.
#[doc(hidden)]
pub trait Defers: 'static {
    /// What waits.
    type List<C: Container>: Default;

    /// Adds work.
    fn push<C: Container>(list: &Self::List<C>, work: impl FnOnce(&C::Slots<Ready>) + Send + 'static);

    /// Does all that waits.
    fn run<C: Container>(list: Self::List<C>, slots: &C::Slots<Ready>);
}

impl Defers for Deferring<false> {
    type List<C: Container> = ();

    fn push<C: Container>((): &(), _: impl FnOnce(&C::Slots<Ready>) + Send + 'static) {
        unreachable!("the graph says that nothing is deferred, and only a deferred dependency comes here")
    }

    #[inline(always)]
    fn run<C: Container>((): (), _: &C::Slots<Ready>) {}
}

impl Defers for Deferring<true> {
    type List<C: Container> = Deferrals<C>;

    fn push<C: Container>(list: &Deferrals<C>, work: impl FnOnce(&C::Slots<Ready>) + Send + 'static) {
        list.0.set(Some(Box::new(Link { work: Box::new(work), before: list.0.take() })));
    }

    fn run<C: Container>(list: Deferrals<C>, slots: &C::Slots<Ready>) {
        let mut next = list.0.into_inner();
        while let Some(link) = next {
            (link.work)(slots);
            next = link.before;
        }
    }
}

/// Work in the order in which it was added, the last first.
#[doc(hidden)]
pub struct Deferrals<C: Container>(Cell<Option<Box<Link<C>>>>);

type Work<C> = Box<dyn FnOnce(&<C as Container>::Slots<Ready>) + Send>;

struct Link<C: Container> {
    work: Work<C>,
    before: Option<Box<Self>>,
}

impl<C: Container> Default for Deferrals<C> {
    fn default() -> Self {
        Self(Cell::new(None))
    }
}

impl<C: Container> fmt::Debug for Deferrals<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Deferrals")
    }
}
