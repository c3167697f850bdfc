//! Lists in pages, the newest first.

use axum::extract::rejection::{JsonRejection, QueryRejection};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::problem::Problem;
use crate::ports::Latest;

/// The longest page.
const LONGEST: usize = 500;

/// So many of a list that is filtered are copied at a time: whoever adds to it meanwhile waits no longer than for these.
const PART: usize = 500;

/// Which part of a list is wanted.
#[derive(Debug, Clone, Copy, Deserialize, utoipa::IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Paging {
    /// How many, at most 500.
    #[param(minimum = 1, maximum = 500, default = 50)]
    pub(super) limit: usize,
    /// How many newer ones are left out.
    #[param(minimum = 0, maximum = 4294967295_u32, default = 0)]
    pub(super) offset: usize,
}

impl Default for Paging {
    fn default() -> Self {
        Self { limit: 50, offset: 0 }
    }
}

/// A part of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Page<T: ToSchema> {
    items: Vec<T>,
    /// How many there are in all.
    total: usize,
    /// The `offset` of the next page; `null` after the last one.
    next: Option<usize>,
}

impl Paging {
    /// What a query says that has filters beside.
    pub(super) fn of_query(limit: Option<usize>, offset: Option<usize>) -> Self {
        let usual = Self::default();
        Self { limit: limit.unwrap_or(usual.limit), offset: offset.unwrap_or(usual.offset) }
    }

    /// The page of those of a list that are wanted. `ask` copies a part of the list, by `limit` and `offset`; what is added while
    /// it is looked through is not among them.
    pub(super) fn filtered<A, T: ToSchema>(
        self,
        ask: impl Fn(usize, usize) -> Latest<A>,
        is_wanted: impl Fn(&A) -> bool,
        view: impl Fn(&A) -> T,
    ) -> Result<Page<T>, Problem> {
        self.check()?;
        let (mut found, mut items) = (0, Vec::new());
        // Newer ones shift the offsets: what is left to be looked through is counted from the oldest one.
        let (mut total, mut left, mut most) = (0, None, PART);
        loop {
            let offset = left.map_or(0, |left| total - left);
            let part = ask(most, offset);
            total = part.total;
            let before = left.unwrap_or(total);
            let is_over = part.items.is_empty();
            let added = total.saturating_sub(offset).saturating_sub(before);
            let older = part.items.into_iter().skip(added);
            let mut seen = 0;
            for item in older {
                seen += 1;
                if is_wanted(&item) {
                    if (self.offset..self.offset.saturating_add(self.limit)).contains(&found) {
                        items.push(view(&item));
                    }
                    found += 1;
                }
            }
            let rest = before.saturating_sub(seen);
            if rest == 0 || is_over {
                break;
            }
            // Where more were added than a part has, the next one reaches further.
            most = if seen == 0 { most.saturating_mul(2) } else { PART };
            left = Some(rest);
        }
        self.latest(|_, _| Latest { items, total: found }, |item| item)
    }

    /// The page of `all`, which is in the order of its pages.
    pub(super) fn of<A, T: ToSchema>(self, all: &[A], view: impl Fn(&A) -> T) -> Result<Page<T>, Problem> {
        self.latest(
            |limit, offset| {
                let items = all.iter().skip(offset).take(limit).map(&view).collect();
                Latest { items, total: all.len() }
            },
            |item| item,
        )
    }

    fn check(self) -> Result<(), Problem> {
        let is_fine = (1..=LONGEST).contains(&self.limit);
        let found = || Problem::bad(format!("expected a `limit` of 1 to {LONGEST}, found {}", self.limit));
        is_fine.then_some(()).ok_or_else(found)
    }

    /// The page of a list of which `ask` copies no more than its newest, by `limit` and `offset`.
    pub(super) fn latest<A, T: ToSchema>(
        self,
        ask: impl FnOnce(usize, usize) -> Latest<A>,
        view: impl FnMut(A) -> T,
    ) -> Result<Page<T>, Problem> {
        self.check()?;
        let Latest { items, total } = ask(self.limit, self.offset);
        let end = self.offset.saturating_add(items.len());
        let next = Some(end).filter(|end| *end < total && !items.is_empty());
        Ok(Page { items: items.into_iter().map(view).collect(), total, next })
    }
}

/// What was asked, or what is wrong with it.
pub(super) fn query<T>(query: Result<axum::extract::Query<T>, QueryRejection>) -> Result<T, Problem> {
    query.map(|query| query.0).map_err(|error| Problem::bad(error.body_text()))
}

/// What was sent, or what is wrong with it.
pub(super) fn json<T>(json: Result<axum::Json<T>, JsonRejection>) -> Result<T, Problem> {
    json.map(|json| json.0).map_err(|error| Problem::new(error.status(), error.body_text()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_that_grows_while_it_is_filtered_gives_each_that_was_there_once() {
        let list = std::cell::RefCell::new((0..1_700_u32).collect::<Vec<_>>());
        let ask = |limit, offset| {
            let part = Latest::of(&list.borrow(), limit, offset, |item| *item);
            // Others add to it between two parts, once more than a part has.
            let grown = list.borrow().len();
            list.borrow_mut().extend(std::iter::repeat_n(u32::MAX, if grown == 1_700 { 3 } else { 600 }));
            part
        };
        let odd = |item: &u32| item % 2 == 1;
        let page = Paging { limit: 500, offset: 100 }.filtered(ask, odd, |item| *item).unwrap();
        assert_eq!((page.total, page.items.len(), page.next), (850, 500, Some(600)));
        let expected: Vec<u32> = (0..1_700).rev().filter(odd).skip(100).take(500).collect();
        assert_eq!(page.items, expected);
        let none =
            Paging::default().filtered(|_, _| Latest { items: Vec::new(), total: 0 }, odd, |item| *item).unwrap();
        assert_eq!((none.total, none.next), (0, None));
    }

    #[test]
    fn the_pages_of_a_list_are_the_list() {
        let all: Vec<u32> = (0..7).collect();
        let (mut found, mut offset) = (Vec::new(), Some(0));
        while let Some(next) = offset {
            let page = Paging { limit: 3, offset: next }.of(&all, |item| *item).unwrap();
            assert_eq!(page.total, 7);
            (found, offset) = ([found, page.items].concat(), page.next);
        }
        assert_eq!(found, all);
        assert!(Paging { limit: 0, offset: 0 }.of(&all, |item| *item).is_err());
        assert!(Paging { limit: 501, offset: 0 }.of(&all, |item| *item).is_err());
        assert!(Paging { limit: 1, offset: usize::MAX }.of(&all, |item| *item).unwrap().next.is_none());
    }
}
