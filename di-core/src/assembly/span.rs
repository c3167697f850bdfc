//! Spans and durations of constructors, with the feature `lifecycle`: for whoever asked
//! with [`Constructions::timed`](crate::lifecycle::Constructions::timed); without the feature nothing, at no cost.

#[cfg(feature = "lifecycle")]
pub(super) use seen::{ConstructSpan, Surroundings};
#[cfg(not(feature = "lifecycle"))]
pub(super) use unseen::{ConstructSpan, Surroundings};

/// Runs a sync constructor.
#[inline]
pub fn constructing<R>(
    container: &'static str,
    field: &'static str,
    service: &'static str,
    construct: impl FnOnce() -> R,
) -> R {
    ConstructSpan::begin(container, field, service).run(construct)
}

#[cfg(not(feature = "lifecycle"))]
mod unseen {
    /// One constructor.
    pub(crate) struct ConstructSpan;

    impl ConstructSpan {
        #[inline]
        pub(crate) fn begin(_: &'static str, _: &'static str, _: &'static str) -> Self {
            Self
        }

        #[inline]
        pub(crate) fn run<R>(&self, work: impl FnOnce() -> R) -> R {
            work()
        }
    }

    /// What a build was begun in.
    #[derive(Clone)]
    pub(crate) struct Surroundings;

    impl Surroundings {
        pub(crate) fn current() -> Self {
            Self
        }

        pub(crate) fn run<R>(&self, work: impl FnOnce() -> R) -> R {
            work()
        }
    }
}

#[cfg(feature = "lifecycle")]
mod seen {
    use tracing::Span;

    use crate::lifecycle::{Listener, Timing};

    /// One constructor, from its begin until this is dropped.
    pub(crate) struct ConstructSpan {
        span: Span,
        timing: Option<Timing>,
    }

    impl ConstructSpan {
        pub(crate) fn begin(container: &'static str, field: &'static str, service: &'static str) -> Self {
            let span = tracing::info_span!("construct", service, container);
            Self { span, timing: Timing::begin(field) }
        }

        /// Runs a part of it.
        pub(crate) fn run<R>(&self, work: impl FnOnce() -> R) -> R {
            let _entered = self.span.enter();
            match &self.timing {
                Some(timing) => timing.within(work),
                None => work(),
            }
        }
    }

    /// What a build was begun in: its future may be polled elsewhere.
    #[derive(Clone)]
    pub(crate) struct Surroundings(Listener);

    impl Surroundings {
        pub(crate) fn current() -> Self {
            Self(Listener::current())
        }

        pub(crate) fn run<R>(&self, work: impl FnOnce() -> R) -> R {
            self.0.within(work)
        }
    }
}
