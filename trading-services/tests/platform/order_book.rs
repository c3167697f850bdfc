//! The order book against a naive model, for any sequence of diffs, and its gaps.

use std::collections::BTreeMap;

use proptest::prelude::*;
use trading_services::data::{DiffOutcome, OrderBook, SnapshotOutcome};
use trading_services::model::{BookDiff, BookSnapshot, Level, Price, Quantity, SnapshotOrigin, Timestamp};

/// Price and quantity of each change of one side.
type Changes = Vec<(u32, u32)>;

fn level(price: u32, quantity: u32) -> Level {
    Level { price: Price::new(price.into()).unwrap(), quantity: Quantity::new(quantity.into()).unwrap() }
}

fn levels(changes: &Changes) -> Vec<Level> {
    changes.iter().map(|(price, quantity)| level(*price, *quantity)).collect()
}

fn diff(first: u64, last: u64, bids: &Changes, asks: &Changes) -> BookDiff {
    let (bids, asks) = (levels(bids), levels(asks));
    let (time, previous_update_id) = (Timestamp::default(), None);
    let (bids, asks) = (bids.into(), asks.into());
    BookDiff { first_update_id: first, last_update_id: last, previous_update_id, bids, asks, time }
}

fn snapshot(id: u64, bids: &Changes, asks: &Changes) -> BookSnapshot {
    let (bids, asks) = (levels(bids), levels(asks));
    BookSnapshot {
        last_update_id: id,
        bids: bids.into(),
        asks: asks.into(),
        time: None,
        origin: SnapshotOrigin::Request,
    }
}

/// The model: a map that forgets what is zero.
#[derive(Default)]
struct Model {
    bids: BTreeMap<u32, u32>,
    asks: BTreeMap<u32, u32>,
}

impl Model {
    fn apply(&mut self, bids: &Changes, asks: &Changes) {
        self.bids.extend(bids.iter().copied());
        self.asks.extend(asks.iter().copied());
        self.bids.retain(|_, quantity| *quantity > 0);
        self.asks.retain(|_, quantity| *quantity > 0);
    }

    fn agrees(&self, book: &OrderBook) -> bool {
        let bids: Vec<_> = self.bids.iter().rev().map(|(price, quantity)| level(*price, *quantity)).collect();
        let asks: Vec<_> = self.asks.iter().map(|(price, quantity)| level(*price, *quantity)).collect();
        let top = book.top();
        book.bids().eq(bids.iter().copied())
            && book.asks().eq(asks.iter().copied())
            && top.bid == bids.first().copied()
            && top.ask == asks.first().copied()
    }
}

fn changes() -> impl Strategy<Value = Changes> {
    prop::collection::vec((1..40_u32, 0..4_u32), 0..6)
}

/// Updates as the venue numbers them: how many each diff has, and its changes.
fn diffs() -> impl Strategy<Value = Vec<(u64, Changes, Changes)>> {
    prop::collection::vec((1..5_u64, changes(), changes()), 1..30)
}

fn is_applied(outcome: SnapshotOutcome) -> bool {
    matches!(outcome, SnapshotOutcome::Applied { .. })
}

proptest! {
    #[test]
    fn a_book_equals_the_model_after_every_diff(start in (changes(), changes()), diffs in diffs()) {
        let (mut book, mut model) = (OrderBook::default(), Model::default());
        book.apply_snapshot(&snapshot(100, &start.0, &start.1));
        model.apply(&start.0, &start.1);
        let mut last = 100;
        for (count, bids, asks) in &diffs {
            prop_assert_eq!(book.apply_diff(&diff(last + 1, last + count, bids, asks)), DiffOutcome::Applied);
            model.apply(bids, asks);
            last += count;
            prop_assert_eq!(book.last_update_id(), Some(last));
            prop_assert!(model.agrees(&book));
        }
    }

    #[test]
    fn a_snapshot_that_comes_late_gives_the_same_book(diffs in diffs(), at in any::<prop::sample::Index>()) {
        // The true book after `at` diffs is the snapshot; all diffs, older ones too, have come before it.
        let (mut book, mut model) = (OrderBook::default(), Model::default());
        let at = at.index(diffs.len());
        let (mut last, mut taken) = (100, None);
        for (index, (count, bids, asks)) in diffs.iter().enumerate() {
            if index == at {
                let side = |side: &BTreeMap<u32, u32>| side.iter().map(|(p, q)| (*p, *q)).collect();
                taken = Some(snapshot(last, &side(&model.bids), &side(&model.asks)));
            }
            prop_assert_eq!(book.apply_diff(&diff(last + 1, last + count, bids, asks)), DiffOutcome::Waiting);
            model.apply(bids, asks);
            last += count;
        }
        prop_assert!(is_applied(book.apply_snapshot(&taken.unwrap())));
        prop_assert_eq!(book.last_update_id(), Some(last));
        prop_assert!(model.agrees(&book));
    }

    #[test]
    fn a_lost_diff_is_a_gap_and_a_fresh_snapshot_heals_it(diffs in diffs(), lost in any::<prop::sample::Index>()) {
        let (mut book, mut model) = (OrderBook::default(), Model::default());
        book.apply_snapshot(&snapshot(100, &Vec::new(), &Vec::new()));
        let lost = lost.index(diffs.len());
        let (mut last, mut gaps) = (100, 0);
        for (index, (count, bids, asks)) in diffs.iter().enumerate() {
            let message = diff(last + 1, last + count, bids, asks);
            model.apply(bids, asks);
            last += count;
            if index != lost && matches!(book.apply_diff(&message), DiffOutcome::Gap(_)) {
                gaps += 1;
                let side = |side: &BTreeMap<u32, u32>| side.iter().map(|(p, q)| (*p, *q)).collect();
                let fresh = snapshot(last, &side(&model.bids), &side(&model.asks));
                prop_assert!(is_applied(book.apply_snapshot(&fresh)));
                prop_assert!(model.agrees(&book));
            }
        }
        prop_assert_eq!(gaps, u32::from(lost + 1 < diffs.len()));
        prop_assert!(lost + 1 == diffs.len() || model.agrees(&book));
    }

    #[test]
    fn a_repeated_diff_changes_nothing(diffs in diffs()) {
        let mut book = OrderBook::default();
        book.apply_snapshot(&snapshot(100, &Vec::new(), &Vec::new()));
        let mut last = 100;
        for (count, bids, asks) in &diffs {
            let message = diff(last + 1, last + count, bids, asks);
            book.apply_diff(&message);
            let before: Vec<_> = book.bids().chain(book.asks()).collect();
            prop_assert_eq!(book.apply_diff(&message), DiffOutcome::Stale);
            prop_assert!(book.bids().chain(book.asks()).eq(before));
            last += count;
        }
    }
}
