//! Extractors for axum: what a handler asks of the container in the router's state, and a scope per request.
//!
//! The state is the container in an `Arc`. A handler asks for the interfaces that the container exports with `provides`,
//! and for the concrete types that it keeps, as a service does:
//!
//! ```
//! use std::sync::Arc;
//!
//! use axum::Router;
//! use axum::routing::get;
//! use di_core::axum::Inject;
//! use di_core::{container, interface, service};
//!
//! #[interface]
//! pub trait IGreeter {
//!     fn greeting(&self) -> String;
//! }
//!
//! #[service(provides = IGreeter)]
//! pub struct Greeter;
//!
//! impl IGreeter for Greeter {
//!     fn greeting(&self) -> String {
//!         "Hello".to_owned()
//!     }
//! }
//!
//! #[container(provides = [IGreeter])]
//! pub struct App {
//!     greeter: Greeter,
//! }
//!
//! async fn hello(greeter: Inject<dyn IGreeter>) -> String {
//!     greeter.greeting()
//! }
//!
//! let app = Arc::new(App::build(AppInputs {}));
//! let router: Router = Router::new().route("/", get(hello)).with_state(app);
//! ```
//!
//! A handler that asks for a key that the container does not export does not compile. The compiler then says that the
//! function is no handler; `#[axum::debug_handler(state = Arc<App>)]` on the function makes it say which key is missing,
//! and where to export it.

use core::convert::Infallible;
use core::fmt;
use core::future::Future;
use core::ops::Deref;

use alloc::sync::Arc;

use ::axum_core::extract::FromRequestParts;
use ::axum_core::response::IntoResponse;
use ::http::request::Parts;

use crate::container::Container;
use crate::generic::Provides;

/// A service of the container in the router's state.
///
/// See the [module](self) for an example.
pub struct Inject<T: ?Sized>(pub Arc<T>);

impl<T: ?Sized> Deref for Inject<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: ?Sized> Clone for Inject<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for Inject<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Inject").field(&&*self.0).finish()
    }
}

/// A router's state that provides `T`: an error about it is one, and in our words.
#[diagnostic::on_unimplemented(
    message = "[DI0001] the router's state, `{Self}`, does not provide `{T}`",
    label = "the container neither exports this interface nor keeps this type",
    note = "export an interface: `#[container(provides = [..])]`; list a concrete type as a field",
    note = "see `di_core::diagnostics::DI0001`"
)]
#[doc(hidden)]
pub trait InState<T: ?Sized> {
    /// What is provided.
    fn of_state(&self) -> Arc<T>;
}

#[diagnostic::do_not_recommend]
impl<S: Provides<T>, T: ?Sized> InState<T> for S {
    fn of_state(&self) -> Arc<T> {
        self.shared()
    }
}

impl<S, T> FromRequestParts<S> for Inject<T>
where
    S: InState<T> + Sync,
    T: ?Sized + Send + Sync,
{
    type Rejection = Infallible;

    fn from_request_parts(_: &mut Parts, state: &S) -> impl Future<Output = Result<Self, Infallible>> + Send {
        core::future::ready(Ok(Self(state.of_state())))
    }
}

/// A scope that is opened for a request.
///
/// ```
/// use std::sync::Arc;
///
/// use axum::http::StatusCode;
/// use axum::http::request::Parts;
/// use axum::{Router, routing::get};
/// use di_core::axum::{PerRequest, Scoped};
/// use di_core::{container, service};
///
/// #[service]
/// pub struct Cart {
///     user: Arc<String>,
/// }
///
/// #[container]
/// pub struct RequestScope {
///     #[input]
///     user: String,
///     pub cart: Cart,
/// }
///
/// #[container]
/// pub struct App {
///     #[scope]
///     request: RequestScope,
/// }
///
/// impl PerRequest<App> for RequestScope {
///     type Rejection = StatusCode;
///
///     async fn open(app: &App, parts: &Parts) -> Result<Self, StatusCode> {
///         let user = parts.headers.get("x-user").and_then(|user| user.to_str().ok());
///         let user = user.ok_or(StatusCode::UNAUTHORIZED)?.to_owned();
///         Ok(app.request(RequestScopeInputs { user }))
///     }
/// }
///
/// async fn cart(scope: Scoped<RequestScope>) -> String {
///     format!("the cart of {}", scope.cart.user)
/// }
///
/// let router: Router = Router::new().route("/cart", get(cart)).with_state(Arc::new(App::build(AppInputs {})));
/// ```
#[diagnostic::on_unimplemented(
    message = "[DI0001] `{Self}` is not opened for requests to `{C}`",
    label = "nothing says how this scope is opened",
    note = "say how it is opened from the head of a request: `impl PerRequest<{C}> for {Self}`",
    note = "see `di_core::diagnostics::DI0001`"
)]
pub trait PerRequest<C>: Container + Send + Sync {
    /// What is answered where the scope cannot be opened.
    type Rejection: IntoResponse;

    /// Opens the scope from what the request's head says.
    ///
    /// # Errors
    ///
    /// Whatever keeps the request from being served: nobody is logged in, a tenant is unknown, a service of the scope cannot
    /// be built.
    fn open(container: &C, parts: &Parts) -> impl Future<Output = Result<Self, Self::Rejection>> + Send;
}

/// The scope of this request: the first extractor that asks for it opens it, all others share it, and it is dropped with the
/// request.
///
/// See [`PerRequest`] for an example.
pub struct Scoped<R>(pub Arc<R>);

impl<R> Deref for Scoped<R> {
    type Target = R;

    fn deref(&self) -> &R {
        &self.0
    }
}

impl<R> Clone for Scoped<R> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<R> fmt::Debug for Scoped<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Scoped")
    }
}

impl<C, R> FromRequestParts<Arc<C>> for Scoped<R>
where
    C: Send + Sync,
    R: PerRequest<C>,
{
    type Rejection = R::Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &Arc<C>) -> Result<Self, R::Rejection> {
        if let Some(open) = parts.extensions.get::<Self>() {
            return Ok(open.clone());
        }
        let opened = Self(Arc::new(R::open(state, parts).await?));
        parts.extensions.insert(opened.clone());
        Ok(opened)
    }
}
