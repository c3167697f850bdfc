//! Requests for what a service offers beyond its interfaces, as `core::error::Request` is one for the context of an error:
//! the core names no feature that a service may have.

use core::any::Any;
use core::fmt;

/// A request for a value of one type.
pub struct Request<'a> {
    /// An `Option` of the type that is asked for.
    slot: &'a mut dyn Any,
}

impl Request<'_> {
    /// Answers, if a `T` is asked for.
    pub fn offer<T: 'static>(&mut self, make: impl FnOnce() -> T) -> &mut Self {
        if let Some(slot) = self.slot.downcast_mut::<Option<T>>() {
            *slot = Some(make());
        }
        self
    }
}

/// Asks for a `T`; `provide` passes the request on.
pub(crate) fn request<T: 'static>(provide: impl FnOnce(&mut Request<'_>)) -> Option<T> {
    let mut slot: Option<T> = None;
    provide(&mut Request { slot: &mut slot });
    slot
}

impl fmt::Debug for Request<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Request")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_is_given_and_nothing_else() {
        let number = request::<u32>(|request| {
            request.offer(|| "no number").offer(|| 7_u32);
        });
        assert_eq!(number, Some(7));
        let other = request::<u64>(|request| {
            request.offer(|| 7_u32);
        });
        assert_eq!(other, None);
    }
}
