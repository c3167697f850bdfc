//! Lists in pages, the newest first.

use axum::extract::rejection::{JsonRejection, QueryRejection};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::problem::Problem;
use crate::ports::Latest;

/// The longest page.
const LONGEST: usize = 500;

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

    /// The page of a list of which `ask` copies no more than its newest, by `limit` and `offset`.
    pub(super) fn latest<A, T: ToSchema>(
        self,
        ask: impl FnOnce(usize, usize) -> Latest<A>,
        view: impl FnMut(A) -> T,
    ) -> Result<Page<T>, Problem> {
        if !(1..=LONGEST).contains(&self.limit) {
            return Err(Problem::bad(format!("expected a `limit` of 1 to {LONGEST}, found {}", self.limit)));
        }
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
