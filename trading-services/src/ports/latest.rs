//! A part of a list that grows without a bound.

/// The newest of a list, the last one first, and how many there are in all: nobody copies a whole history to show a page of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Latest<T> {
    /// Those that were asked for.
    pub items: Vec<T>,
    /// How many there are in all.
    pub total: usize,
}

impl<T> Latest<T> {
    /// At most `limit` of a list whose newest is its last, without the `offset` newest ones.
    ///
    /// ```
    /// use trading_services::ports::Latest;
    ///
    /// let found = Latest::of(&[1, 2, 3, 4], 2, 1, |item| *item);
    /// assert_eq!((found.items, found.total), (vec![3, 2], 4));
    /// ```
    pub fn of<A>(all: &[A], limit: usize, offset: usize, view: impl FnMut(&A) -> T) -> Self {
        Self { items: all.iter().rev().skip(offset).take(limit).map(view).collect(), total: all.len() }
    }
}
