//! A field of which an error has told already.

use core::fmt;
use core::marker::PhantomData;
use core::ops::Deref;

/// Stands in for a field that threads cannot share, and which has been reported: it can be shared, and has the methods of what
/// it stands for, so that nothing more is said of either. It is never there: no program with an error runs.
pub struct Reported<T: ?Sized>(PhantomData<fn() -> T>);

impl<T: ?Sized> Deref for Reported<T> {
    type Target = T;

    fn deref(&self) -> &T {
        unreachable!("a program with an error does not run")
    }
}

impl<T: ?Sized> Default for Reported<T> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

impl<T: ?Sized> Clone for Reported<T> {
    fn clone(&self) -> Self {
        Self(PhantomData)
    }
}

impl<T: ?Sized> fmt::Debug for Reported<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Reported")
    }
}
