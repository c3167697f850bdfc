//! What is seen of a constructor while it runs: with the feature `lifecycle` a span, and how long it took for who asked
//! with [`Constructions::timed`](crate::lifecycle::Constructions::timed); without the feature nothing, at no cost.

#[cfg(feature = "lifecycle")]
pub(super) use seen::{Surroundings, Turn};
#[cfg(not(feature = "lifecycle"))]
pub(super) use unseen::{Surroundings, Turn};

#[cfg(not(feature = "lifecycle"))]
mod unseen {
    use crate::graph::Graph;

    /// A constructor's turn.
    #[doc(hidden)]
    #[derive(Debug)]
    pub struct Turn;

    impl Turn {
        #[inline(always)]
        pub(crate) fn of(_: &Graph, _: usize) -> Self {
            Self
        }

        #[inline(always)]
        pub(crate) fn run<R>(&self, work: impl FnOnce() -> R) -> R {
            work()
        }
    }

    /// What a build was begun in.
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

    use crate::graph::{Graph, Kind};
    use crate::lifecycle::{Listener, Timing};

    /// A constructor's turn: it ends when it is dropped.
    #[doc(hidden)]
    #[derive(Debug)]
    pub struct Turn {
        span: Span,
        timing: Option<Timing>,
    }

    impl Turn {
        /// Begins; what is not built here is not seen.
        pub(crate) fn of(graph: &Graph, node: usize) -> Self {
            let entry = &graph.nodes[node];
            if !matches!(entry.kind, Kind::Singleton | Kind::Module(_)) {
                return Self { span: Span::none(), timing: None };
            }
            let span = tracing::info_span!("construct", service = entry.service, container = graph.container);
            Self { span, timing: Timing::begin(entry.field) }
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
