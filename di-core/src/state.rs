//! In which state a container's fields are: while it is built, and once it is complete.

use core::task::{Context, Poll};

use crate::build::pending::Pending;
use crate::container::Container;
use crate::deferral::Defers;
use crate::service::{Filled, Made};

/// What the fields of a container hold.
///
/// A container exists in two shapes that share one definition: write-once cells while it is built, and the values
/// themselves afterwards, so that a finished container resolves without a branch.
pub trait State: Sized + 'static {
    /// Holds one field.
    type Cell<T>;

    /// Holds what is to be done once the container is complete.
    type Deferred<C: Container>: Default;

    /// Reads a field.
    fn read<T>(cell: &Self::Cell<T>) -> &T;

    /// Runs `work` on the complete container: now if it is complete, else as soon as it will be.
    fn defer<C: Container, F>(slots: &C::Slots<Self>, work: F)
    where
        F: FnOnce(&C::Slots<Ready>) + Send + 'static;
}

/// The container is complete: a cell is the value.
#[derive(Debug)]
pub enum Ready {}

impl State for Ready {
    type Cell<T> = T;
    type Deferred<C: Container> = ();

    #[inline(always)]
    fn read<T>(cell: &T) -> &T {
        cell
    }

    #[inline]
    fn defer<C: Container, F>(slots: &C::Slots<Self>, work: F)
    where
        F: FnOnce(&C::Slots<Self>) + Send + 'static,
    {
        work(slots);
    }
}

/// A state in which fields are filled one after the other.
pub trait Filling: State {
    /// An empty cell.
    fn empty<T>() -> Self::Cell<T>;

    /// A filled cell.
    fn filled<T>(value: T) -> Self::Cell<T>;

    /// Puts the outcome of a constructor into a cell.
    ///
    /// # Errors
    ///
    /// The constructor's own error.
    fn fill<T>(cell: &mut Self::Cell<T>, made: Made<T>) -> Filled;

    /// Whether the constructor of a cell is running.
    fn is_running<T>(cell: &Self::Cell<T>) -> bool;

    /// Lets the running constructor of a cell go on.
    fn poll<T>(cell: &mut Self::Cell<T>, context: &mut Context<'_>) -> Poll<Filled>;

    /// Drops what a cell holds.
    fn clear<T>(cell: &mut Self::Cell<T>);

    /// The value of a cell, once all have been filled.
    fn finish<T>(cell: Self::Cell<T>) -> T;
}

/// No constructor is async: the fields are filled in build order.
#[derive(Debug)]
pub enum InOrder {}

impl State for InOrder {
    type Cell<T> = Option<T>;
    type Deferred<C: Container> = <C::Deferring as Defers>::List<C>;

    #[inline(always)]
    fn read<T>(cell: &Option<T>) -> &T {
        match cell {
            Some(value) => value,
            None => out_of_order(),
        }
    }

    fn defer<C: Container, F>(slots: &C::Slots<Self>, work: F)
    where
        F: FnOnce(&C::Slots<Ready>) + Send + 'static,
    {
        C::Deferring::push::<C>(C::deferred(slots), work);
    }
}

impl Filling for InOrder {
    #[inline(always)]
    fn empty<T>() -> Option<T> {
        None
    }

    #[inline(always)]
    fn filled<T>(value: T) -> Option<T> {
        Some(value)
    }

    #[inline(always)]
    fn fill<T>(cell: &mut Option<T>, made: Made<T>) -> Filled {
        match made {
            // The cell is empty: dropping what it holds would be a branch for nothing.
            Made::Now(value) => core::mem::forget(cell.replace(value)),
            Made::Failed(error) => return Err(error),
            Made::Later(_) => out_of_order(),
        }
        Ok(())
    }

    fn is_running<T>(_: &Option<T>) -> bool {
        false
    }

    fn poll<T>(_: &mut Option<T>, _: &mut Context<'_>) -> Poll<Filled> {
        Poll::Ready(Ok(()))
    }

    fn clear<T>(cell: &mut Option<T>) {
        *cell = None;
    }

    #[inline(always)]
    fn finish<T>(cell: Option<T>) -> T {
        match cell {
            Some(value) => value,
            None => out_of_order(),
        }
    }
}

/// Some constructor is async: a cell may hold a constructor that is still running.
#[derive(Debug)]
pub enum Concurrent {}

impl State for Concurrent {
    type Cell<T> = Pending<T>;
    type Deferred<C: Container> = <C::Deferring as Defers>::List<C>;

    #[inline]
    fn read<T>(cell: &Pending<T>) -> &T {
        match cell {
            Pending::Done(value) => value,
            Pending::Empty | Pending::Running(_) => out_of_order(),
        }
    }

    fn defer<C: Container, F>(slots: &C::Slots<Self>, work: F)
    where
        F: FnOnce(&C::Slots<Ready>) + Send + 'static,
    {
        C::Deferring::push::<C>(C::deferred(slots), work);
    }
}

impl Filling for Concurrent {
    fn empty<T>() -> Pending<T> {
        Pending::Empty
    }

    fn filled<T>(value: T) -> Pending<T> {
        Pending::Done(value)
    }

    fn fill<T>(cell: &mut Pending<T>, made: Made<T>) -> Filled {
        *cell = match made {
            Made::Now(value) => Pending::Done(value),
            Made::Failed(error) => return Err(error),
            Made::Later(future) => Pending::Running(future),
        };
        Ok(())
    }

    fn is_running<T>(cell: &Pending<T>) -> bool {
        matches!(cell, Pending::Running(_))
    }

    fn poll<T>(cell: &mut Pending<T>, context: &mut Context<'_>) -> Poll<Filled> {
        cell.poll(context)
    }

    fn clear<T>(cell: &mut Pending<T>) {
        *cell = Pending::Empty;
    }

    fn finish<T>(cell: Pending<T>) -> T {
        match cell {
            Pending::Done(value) => value,
            Pending::Empty | Pending::Running(_) => out_of_order(),
        }
    }
}

/// The build order is checked at compile time, so that no field is read before it is filled.
#[cold]
#[inline(never)]
fn out_of_order() -> ! {
    unreachable!("the build order is a constant of the graph, and the graph of this container was checked")
}
