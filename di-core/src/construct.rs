//! What a constructor gives: a service, or an error, now or later.
//!
//! The dependencies are a parameter of each trait and no associated type, so that a public service may depend on private
//! types: an associated type would publish them (E0446).

use core::future::Future;

use crate::service::BoxError;

/// A service that is made at once from the tuple `D`, and cannot fail.
pub trait Construct<D>: Sized {
    /// Makes it.
    fn construct(dependencies: D) -> Self;
}

/// A service that is made at once from the tuple `D`, or not at all.
pub trait TryConstruct<D>: Sized {
    /// Makes it.
    ///
    /// # Errors
    ///
    /// The constructor's own error.
    fn construct(dependencies: D) -> Result<Self, BoxError>;
}

/// A service whose constructor is async.
pub trait ConstructAsync<D>: Sized {
    /// Makes it.
    fn construct(dependencies: D) -> impl Future<Output = Self> + Send + 'static;
}

/// A service whose constructor is async and may fail.
pub trait TryConstructAsync<D>: Sized {
    /// Makes it.
    fn construct(dependencies: D) -> impl Future<Output = Result<Self, BoxError>> + Send + 'static;
}

/// The error of an async constructor as a [`BoxError`]; here, so that no second future is checked per service.
///
/// # Errors
///
/// The constructor's own error.
pub async fn boxed_error<T, E: Into<BoxError>>(
    constructor: impl Future<Output = Result<T, E>> + Send + 'static,
) -> Result<T, BoxError> {
    constructor.await.map_err(Into::into)
}
