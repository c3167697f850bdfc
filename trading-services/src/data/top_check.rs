//! Comparison of the book with the best prices that the venue itself publishes.

use std::collections::VecDeque;

use crate::data::OrderBook;
use crate::model::BookTicker;
use crate::ports::TopMismatch;

/// Tickers that wait for the book to reach their update.
const MAX_WAITING: usize = 10_000;

/// Compares each ticker with the book at the very same update.
///
/// Tickers come at once and diffs every 100 ms, so that most tickers lie between two states of the book and cannot be
/// compared; the one at which a diff ends comes before that diff and waits here.
#[derive(Debug, Default)]
pub struct TopCheck {
    waiting: VecDeque<(u64, BookTicker)>,
}

impl TopCheck {
    /// Takes a ticker; compares it when the book is at its update, keeps it when the book is not there yet.
    pub fn ticker(&mut self, ticker: &BookTicker, book: &OrderBook) -> Option<Result<(), Box<TopMismatch>>> {
        let (last, update_id) = (book.last_update_id(), ticker.update_id?);
        if last == Some(update_id) {
            return Some(compare(update_id, ticker, book));
        }
        if last.is_none_or(|last| update_id > last) {
            if self.waiting.len() == MAX_WAITING {
                self.waiting.pop_front();
            }
            self.waiting.push_back((update_id, ticker.clone()));
        }
        None
    }

    /// Compares the next ticker that waited for the update at which the book is now; forgets older ones.
    pub fn book_changed(&mut self, book: &OrderBook) -> Option<Result<(), Box<TopMismatch>>> {
        let last = book.last_update_id()?;
        while self.waiting.front().is_some_and(|(id, _)| *id <= last) {
            if let Some((id, ticker)) = self.waiting.pop_front().filter(|(id, _)| *id == last) {
                return Some(compare(id, &ticker, book));
            }
        }
        None
    }
}

fn compare(update_id: u64, ticker: &BookTicker, book: &OrderBook) -> Result<(), Box<TopMismatch>> {
    if ticker.top() == book.top() {
        Ok(())
    } else {
        Err(Box::new(TopMismatch { update_id, book: book.top(), venue: ticker.top() }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{BookSnapshot, Level, SnapshotOrigin};

    fn level(price: &str) -> Level {
        Level { price: price.parse().unwrap(), quantity: "1".parse().unwrap() }
    }

    fn ticker(update_id: u64, bid: &str) -> BookTicker {
        BookTicker { update_id: Some(update_id), bid: Some(level(bid)), ask: Some(level("20")), time: None }
    }

    fn book() -> OrderBook {
        let mut book = OrderBook::default();
        let (bids, asks) = (vec![level("10")], vec![level("20")]);
        let origin = SnapshotOrigin::Request;
        book.apply_snapshot(&BookSnapshot {
            last_update_id: 5,
            bids: bids.into(),
            asks: asks.into(),
            time: None,
            origin,
        });
        book
    }

    #[test]
    fn a_ticker_that_comes_before_the_book_waits_for_it() {
        let mut check = TopCheck::default();
        let empty = OrderBook::default();
        assert_eq!(check.ticker(&ticker(4, "9"), &empty), None);
        assert_eq!(check.ticker(&ticker(5, "10.00"), &empty), None);
        assert_eq!(check.ticker(&ticker(6, "11"), &empty), None);
        assert_eq!(check.book_changed(&book()), Some(Ok(())));
        assert_eq!(check.book_changed(&book()), None);
    }

    #[test]
    fn a_ticker_that_differs_is_a_mismatch_with_both_sides() {
        let mismatch = TopCheck::default().ticker(&ticker(5, "11"), &book()).unwrap().unwrap_err();
        assert_eq!((mismatch.book.bid, mismatch.venue.bid), (Some(level("10")), Some(level("11"))));
    }
}
