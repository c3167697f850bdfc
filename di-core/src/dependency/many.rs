//! Groups: every member of one interface, in declaration order, with its key.

use alloc::sync::Arc;
use core::fmt;

/// All members of a group, in the order in which the container declares them.
///
/// A service asks for it with a field or argument `Many<dyn I>`; a container declares members with
/// `#[many(dyn I)]` or `#[many(dyn I, key = "..")]`. The members stand in one shared slice per group, so that a clone
/// costs no more than that of an `Arc`.
///
/// ```
/// use std::sync::Arc;
/// use di_core::dependency::Many;
/// use di_core::{container, service};
///
/// pub trait IVenue: Send + Sync + 'static {
///     fn fee_bps(&self) -> u32;
/// }
///
/// #[service]
/// pub struct Bybit;
/// impl IVenue for Bybit {
///     fn fee_bps(&self) -> u32 { 10 }
/// }
///
/// #[service]
/// pub struct Binance;
/// impl IVenue for Binance {
///     fn fee_bps(&self) -> u32 { 7 }
/// }
///
/// #[service]
/// pub struct Router {
///     venues: Many<dyn IVenue>,
/// }
///
/// #[container]
/// pub struct App {
///     #[many(dyn IVenue, key = "bybit")]
///     bybit: Bybit,
///     #[many(dyn IVenue, key = "binance")]
///     binance: Binance,
///     router: Router,
/// }
///
/// let app = App::build(AppInputs {});
/// let router: &Router = app.get();
/// assert_eq!(router.venues.keys().collect::<Vec<_>>(), ["bybit", "binance"]);
/// assert_eq!(router.venues.by_key("binance").map(|venue| venue.fee_bps()), Some(7));
/// ```
pub struct Many<T: ?Sized>(Arc<[(Option<&'static str>, Arc<T>)]>);

impl<T: ?Sized> Many<T> {
    /// A group of these members; what a test gives to a service that it makes by hand.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use di_core::dependency::Many;
    ///
    /// let levels = Many::<u32>::new([(Some("low"), Arc::new(1)), (None, Arc::new(2))]);
    /// assert_eq!(levels.len(), 2);
    /// ```
    pub fn new(members: impl IntoIterator<Item = (Option<&'static str>, Arc<T>)>) -> Self {
        Self(members.into_iter().collect())
    }

    /// The group of these members, made in one allocation.
    #[doc(hidden)]
    pub fn of<const N: usize>(members: [(Option<&'static str>, Arc<T>); N]) -> Self {
        Self(Arc::new(members))
    }

    /// The members, in declaration order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Arc<T>> + DoubleEndedIterator {
        self.0.iter().map(|(_, member)| member)
    }

    /// The members with their keys, in declaration order.
    pub fn entries(&self) -> impl ExactSizeIterator<Item = (Option<&'static str>, &Arc<T>)> + DoubleEndedIterator {
        self.0.iter().map(|(key, member)| (*key, member))
    }

    /// The keys of the members that have one, in declaration order.
    pub fn keys(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().filter_map(|(key, _)| *key)
    }

    /// The member with this key. Keys are unique in a group: the compiler saw to it.
    pub fn by_key(&self, key: &str) -> Option<&Arc<T>> {
        self.0.iter().find(|(own, _)| *own == Some(key)).map(|(_, member)| member)
    }

    /// How many members there are.
    #[inline]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether the container declares that the group is empty.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<T: ?Sized> Clone for Many<T> {
    #[inline(always)]
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T: ?Sized> fmt::Debug for Many<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(key, _)| key.unwrap_or("(no key)"))).finish()
    }
}

impl<'a, T: ?Sized> IntoIterator for &'a Many<T> {
    type Item = &'a Arc<T>;
    type IntoIter = Members<'a, T>;

    fn into_iter(self) -> Members<'a, T> {
        Members(self.0.iter())
    }
}

/// Iterates over the members of a group.
pub struct Members<'a, T: ?Sized>(core::slice::Iter<'a, (Option<&'static str>, Arc<T>)>);

impl<'a, T: ?Sized> Iterator for Members<'a, T> {
    type Item = &'a Arc<T>;

    fn next(&mut self) -> Option<&'a Arc<T>> {
        self.0.next().map(|(_, member)| member)
    }
}

impl<T: ?Sized> fmt::Debug for Members<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Members").field("left", &self.0.len()).finish()
    }
}
