//! A cell whose value may still be in the making.

use core::fmt;
use core::task::{Context, Poll};

use crate::service::{Filled, Making};

/// A field of a container some of whose constructors are async.
#[doc(hidden)]
pub enum Pending<T> {
    /// Its turn has not come.
    Empty,
    /// Its constructor is running.
    Running(Making<T>),
    /// It is there.
    Done(T),
}

impl<T> Pending<T> {
    /// Lets a running constructor go on.
    pub(crate) fn poll(&mut self, context: &mut Context<'_>) -> Poll<Filled> {
        if let Self::Running(future) = self {
            match future.as_mut().poll(context) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Ok(value)) => *self = Self::Done(value),
                Poll::Ready(Err(error)) => {
                    *self = Self::Empty;
                    return Poll::Ready(Err(error));
                }
            }
        }
        Poll::Ready(Ok(()))
    }
}

impl<T> fmt::Debug for Pending<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "Empty",
            Self::Running(_) => "Running",
            Self::Done(_) => "Done",
        })
    }
}
