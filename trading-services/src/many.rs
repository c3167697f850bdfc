//! How does a service receive all members of a group, until the container's own `Many` takes its place.

use std::sync::Arc;

/// Every member of a group in declaration order, each with its key.
pub type Many<T> = Vec<(&'static str, Arc<T>)>;
