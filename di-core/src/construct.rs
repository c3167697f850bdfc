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

/// What a fallible constructor returns: a `Result` of the service.
#[diagnostic::on_unimplemented(
    message = "[DI0013] a constructor of `{S}` returns `{Self}`",
    label = "neither the service, nor a `Result` of it whose error a box can hold",
    note = "write `Self` and no alias of it, or `Result<Self, E>` with an error that `Box<dyn Error + Send + Sync>` can hold",
    note = "see `di_core::diagnostics::DI0013`"
)]
pub trait Fallible<S> {
    /// With the error in a box.
    ///
    /// # Errors
    ///
    /// The constructor's own error.
    fn boxed(self) -> Result<S, BoxError>;
}

#[diagnostic::do_not_recommend]
impl<S, E: Into<BoxError>> Fallible<S> for Result<S, E> {
    #[inline]
    fn boxed(self) -> Result<S, BoxError> {
        self.map_err(Into::into)
    }
}

/// What an async constructor returned, with its error in a box; here, so that no second future is checked per service.
///
/// # Errors
///
/// The constructor's own error.
pub async fn fallible_async<S, R>(
    constructor: impl Future<Output = R> + Send + 'static,
    boxed: impl FnOnce(R) -> Result<S, BoxError> + Send + 'static,
) -> Result<S, BoxError> {
    boxed(constructor.await)
}

/// What a hook of `post_construct` returns: nothing.
#[diagnostic::on_unimplemented(
    message = "[DI0013] this hook of `post_construct` returns `{Self}`, and nothing would look at it",
    label = "returns more than `()`",
    note = "what is async or can fail belongs in a constructor: `#[constructor] async fn new(..) -> Result<Self, E>`, which may call this function",
    note = "see `di_core::diagnostics::DI0013`"
)]
pub trait Done: Sized {
    /// Nothing is left to do.
    #[inline]
    fn done(self) {}
}

impl Done for () {}
