//! Errors at run time: of a constructor, of a close, of a look-up.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::graph::Graph;

/// An error of any type: of a constructor, of `close`, of a hook. The original can be recovered by downcast.
pub type BoxError = Box<dyn core::error::Error + Send + Sync>;

/// A constructor failed: which one, who had asked for the service, and its own error.
///
/// ```
/// use std::sync::Arc;
/// use di_core::{container, service};
///
/// #[derive(Debug)]
/// pub struct Refused;
/// impl std::fmt::Display for Refused {
///     fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
///         f.write_str("connection refused")
///     }
/// }
/// impl std::error::Error for Refused {}
///
/// pub struct Venue;
///
/// #[service]
/// impl Venue {
///     #[constructor]
///     fn connect() -> Result<Self, Refused> {
///         Err(Refused)
///     }
/// }
///
/// #[service]
/// pub struct Market {
///     venue: Arc<Venue>,
/// }
///
/// #[container]
/// pub struct App {
///     market: Market,
///     venue: Venue,
/// }
///
/// let error = App::build(AppInputs {}).err().expect("the venue refuses");
/// assert_eq!(error.service(), "Venue");
/// assert_eq!(error.chain(), ["Market", "Venue"]);
/// assert!(error.downcast_ref::<Refused>().is_some());
/// ```
pub struct BuildError(Box<Parts>);

struct Parts {
    service: &'static str,
    chain: Vec<&'static str>,
    cause: BoxError,
}

impl BuildError {
    /// A constructor that nobody but a factory asked for.
    pub(crate) fn of_service(service: &'static str, cause: BoxError) -> Self {
        match cause.downcast::<Self>() {
            // A container that is made by a factory has already said what failed in it.
            Ok(inner) => inner.asked_for_by(&[service]),
            Err(cause) => Self(Box::new(Parts { service, chain: alloc::vec![service], cause })),
        }
    }

    /// A constructor of a node of a container's graph.
    pub(crate) fn of_node(graph: &Graph, node: usize, cause: BoxError) -> Self {
        let chain: Vec<_> = graph.path_to(node).into_iter().map(|index| graph.nodes[index].service).collect();
        match cause.downcast::<Self>() {
            Ok(inner) => inner.asked_for_by(&chain),
            Err(cause) => Self(Box::new(Parts { service: graph.nodes[node].service, chain, cause })),
        }
    }

    fn asked_for_by(mut self, chain: &[&'static str]) -> Self {
        self.0.chain.splice(0..0, chain.iter().copied());
        self
    }

    /// The service whose constructor failed.
    pub fn service(&self) -> &'static str {
        self.0.service
    }

    /// Who asked for it, from the service that nobody needs down to the one that failed.
    pub fn chain(&self) -> &[&'static str] {
        &self.0.chain
    }

    /// The constructor's own error.
    pub fn cause(&self) -> &(dyn core::error::Error + Send + Sync + 'static) {
        &*self.0.cause
    }

    /// The constructor's own error, as its type.
    pub fn downcast_ref<E: core::error::Error + 'static>(&self) -> Option<&E> {
        self.0.cause.downcast_ref()
    }
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` could not be built", self.0.service)?;
        if let [_, .., _] = self.0.chain.as_slice() {
            write!(f, " (asked for by {})", self.0.chain[..self.0.chain.len() - 1].join(" -> "))?;
        }
        write!(f, ": {}", self.0.cause)
    }
}

impl fmt::Debug for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BuildError")
            .field("service", &self.0.service)
            .field("chain", &self.0.chain)
            .field("cause", &self.0.cause)
            .finish()
    }
}

impl core::error::Error for BuildError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        Some(&*self.0.cause)
    }
}

/// Services that could not be closed, in the order in which they were tried; all others have been.
#[derive(Debug)]
pub struct CloseError {
    failures: Vec<(&'static str, BoxError)>,
}

impl CloseError {
    /// From what went wrong, if anything did.
    pub(crate) fn from_failures(failures: Vec<(&'static str, BoxError)>) -> Result<(), Self> {
        if failures.is_empty() { Ok(()) } else { Err(Self { failures }) }
    }

    /// The services that could not be closed, each with its error.
    pub fn failures(&self) -> impl ExactSizeIterator<Item = (&'static str, &BoxError)> {
        self.failures.iter().map(|(service, error)| (*service, error))
    }
}

impl fmt::Display for CloseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("could not close ")?;
        for (position, (service, error)) in self.failures.iter().enumerate() {
            let separator = if position == 0 { "" } else { "; " };
            write!(f, "{separator}`{service}`: {error}")?;
        }
        Ok(())
    }
}

impl core::error::Error for CloseError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        self.failures.first().map(|(_, error)| &**error as _)
    }
}

/// No service of that name, or not of that type.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum LookupError {
    /// Nothing in the container is called so.
    Unknown {
        /// The name that was asked for.
        name: String,
        /// The names there are.
        known: Vec<&'static str>,
    },
    /// Several fields hold a service of that name; each can be had by its field's name.
    Ambiguous {
        /// The name that was asked for.
        name: String,
        /// The fields that answer to it.
        fields: Vec<&'static str>,
    },
    /// The container does not keep an instance: it is an input, a transient, a scope or a module.
    NotKept {
        /// The name that was asked for.
        name: String,
    },
}

impl fmt::Display for LookupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown { name, known } => {
                write!(f, "no service is called `{name}`; there are: {}", known.join(", "))
            }
            Self::Ambiguous { name, fields } => {
                write!(f, "several fields hold a `{name}`: {}; ask by the field's name", fields.join(", "))
            }
            Self::NotKept { name } => write!(f, "the container keeps no instance of `{name}`"),
        }
    }
}

impl core::error::Error for LookupError {}
