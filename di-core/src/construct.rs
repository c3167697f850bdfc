//! Constructor traits: a service or an error, at once or later.
//!
//! The dependencies are a parameter of each trait and no associated type, so that a public service may depend on private
//! types: an associated type would publish them (E0446).

use core::future::Future;

use crate::error::BoxError;

/// A service whose constructor is sync and infallible, with the dependencies `D`, a tuple.
pub trait Construct<D>: Sized {
    /// Makes the service.
    fn construct(dependencies: D) -> Self;
}

/// A service whose constructor is sync and may fail.
pub trait TryConstruct<D>: Sized {
    /// Makes the service.
    ///
    /// # Errors
    ///
    /// The constructor's own error.
    fn construct(dependencies: D) -> Result<Self, BoxError>;
}

/// A service whose constructor is async and infallible.
pub trait ConstructAsync<D>: Sized {
    /// Makes the service.
    fn construct(dependencies: D) -> impl Future<Output = Self> + Send + 'static;
}

/// A service whose constructor is async and may fail.
pub trait TryConstructAsync<D>: Sized {
    /// Makes the service.
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
