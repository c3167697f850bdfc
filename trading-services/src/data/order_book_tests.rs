//! Tests of the rules by which books follow from snapshots and changes.

use super::{DiffOutcome, OrderBook, SnapshotOutcome};
use crate::model::{BookDiff, BookSnapshot, Level, Levels, Price, Quantity, SnapshotOrigin, Timestamp};
use crate::ports::Gap;

fn level(price: u32, quantity: u32) -> Level {
    Level { price: Price::new(price.into()).unwrap(), quantity: Quantity::new(quantity.into()).unwrap() }
}

fn snapshot_from(origin: SnapshotOrigin, id: u64, bid: u32, ask: u32) -> BookSnapshot {
    let (bids, asks) = (vec![level(bid, 1)].into(), vec![level(ask, 1)].into());
    BookSnapshot { last_update_id: id, bids, asks, time: None, origin }
}

fn snapshot(id: u64) -> BookSnapshot {
    snapshot_from(SnapshotOrigin::Request, id, 10, 20)
}

fn diff(first: u64, last: u64, bids: &[(u32, u32)]) -> BookDiff {
    BookDiff {
        first_update_id: first,
        last_update_id: last,
        previous_update_id: None,
        bids: bids.iter().map(|(price, quantity)| level(*price, *quantity)).collect(),
        asks: Levels::new(),
        // Later numbers are later.
        time: Timestamp::from_nanos(last),
    }
}

fn linked(previous: u64, first: u64, last: u64, bids: &[(u32, u32)]) -> BookDiff {
    BookDiff { previous_update_id: Some(previous), ..diff(first, last, bids) }
}

#[test]
fn diffs_before_the_snapshot_wait_and_stale_ones_are_dropped() {
    let mut book = OrderBook::default();
    assert_eq!(book.apply_diff(&diff(1, 4, &[(15, 1)])), DiffOutcome::Waiting);
    assert_eq!(book.apply_diff(&diff(5, 7, &[(12, 1)])), DiffOutcome::Waiting);
    assert!(book.is_waiting() && book.top().bid.is_none());
    assert_eq!(book.apply_snapshot(&snapshot(5)), SnapshotOutcome::Applied { dropped: 1 });
    assert_eq!(book.last_update_id(), Some(7));
    assert_eq!(book.top().bid, Some(level(12, 1)), "the first diff is older than the snapshot");
    assert_eq!(book.apply_diff(&diff(6, 7, &[(13, 1)])), DiffOutcome::Stale);
}

#[test]
fn a_gap_is_named_the_book_has_no_price_and_a_newer_snapshot_heals_it() {
    let mut book = OrderBook::default();
    book.apply_snapshot(&snapshot(5));
    let gap = Gap { expected: 6, found: 8 };
    assert_eq!(book.apply_diff(&diff(8, 9, &[(11, 1)])), DiffOutcome::Gap(gap));
    assert_eq!((book.last_update_id(), book.top().bid, book.bids().count()), (None, None, 0));
    assert_eq!(book.apply_snapshot(&snapshot(6)), SnapshotOutcome::TooOld(Gap { expected: 7, found: 8 }));
    assert_eq!(book.apply_snapshot(&snapshot(7)), SnapshotOutcome::Applied { dropped: 0 });
    assert_eq!((book.last_update_id(), book.top().bid), (Some(9), Some(level(11, 1))));
}

#[test]
fn a_snapshot_is_old_enough_when_the_first_diff_that_waits_follows_it_and_not_one_before() {
    for (id, expected) in [
        (6, SnapshotOutcome::TooOld(Gap { expected: 7, found: 8 })),
        (7, SnapshotOutcome::Applied { dropped: 0 }),
        (8, SnapshotOutcome::Applied { dropped: 0 }),
        (9, SnapshotOutcome::Applied { dropped: 1 }),
    ] {
        let mut book = OrderBook::default();
        book.apply_diff(&diff(8, 9, &[(11, 1)]));
        assert_eq!(book.apply_snapshot(&snapshot(id)), expected, "{id}");
    }
}

#[test]
fn a_gap_among_changes_that_wait_is_named_and_those_after_it_wait_for_a_newer_snapshot() {
    let mut book = OrderBook::default();
    for id in [1, 2, 4, 5, 6] {
        assert_eq!(book.apply_diff(&diff(id, id, &[(10 + u32::try_from(id).unwrap(), 1)])), DiffOutcome::Waiting);
    }
    let gap = Gap { expected: 3, found: 4 };
    assert_eq!(book.apply_snapshot(&snapshot(1)), SnapshotOutcome::Gap { gap, dropped: 1 });
    assert_eq!((book.last_update_id(), book.top().bid), (None, None));
    assert_eq!(book.apply_snapshot(&snapshot(4)), SnapshotOutcome::Applied { dropped: 1 });
    assert_eq!((book.last_update_id(), book.top().bid), (Some(6), Some(level(16, 1))), "5 and 6 are in the book");
    assert_eq!(book.apply_diff(&diff(7, 7, &[(17, 1)])), DiffOutcome::Applied);
}

#[test]
fn a_snapshot_older_than_the_book_changes_nothing() {
    let mut book = OrderBook::default();
    book.apply_snapshot(&snapshot(5));
    book.apply_diff(&diff(6, 6, &[(11, 2)]));
    assert_eq!(book.apply_snapshot(&snapshot(5)), SnapshotOutcome::Stale);
    assert_eq!(book.top().bid, Some(level(11, 2)));
}

#[test]
fn a_zero_quantity_removes_the_level_and_is_nothing_where_there_is_none() {
    let mut book = OrderBook::default();
    book.apply_snapshot(&snapshot(5));
    book.apply_diff(&diff(6, 6, &[(10, 0), (9, 0)]));
    assert_eq!(book.top().bid, None);
}

#[test]
fn a_change_that_names_the_one_before_it_is_chained_by_that() {
    let mut book = OrderBook::default();
    book.apply_snapshot(&snapshot(100));
    assert_eq!(book.apply_diff(&linked(80, 85, 99, &[(11, 1)])), DiffOutcome::Stale, "older than the snapshot");
    assert_eq!(book.apply_diff(&linked(94, 95, 110, &[(11, 1)])), DiffOutcome::Applied, "95 <= 100 <= 110");
    assert_eq!(book.apply_diff(&linked(110, 115, 120, &[(12, 1)])), DiffOutcome::Applied, "numbers may be left out");
    assert_eq!(book.apply_diff(&linked(110, 115, 120, &[(13, 1)])), DiffOutcome::Stale);
    let gap = Gap { expected: 121, found: 121 };
    assert_eq!(book.apply_diff(&linked(119, 121, 130, &[])), DiffOutcome::Gap(gap), "`pu` differs");
}

#[test]
fn the_first_linked_change_has_the_snapshot_within_it() {
    for (id, applies) in [(94, true), (95, true), (110, true), (93, false)] {
        let mut book = OrderBook::default();
        book.apply_snapshot(&snapshot(id));
        let outcome = book.apply_diff(&linked(94, 95, 110, &[]));
        assert_eq!(outcome == DiffOutcome::Applied, applies, "{id}: {outcome:?}");
    }
}

#[test]
fn a_snapshot_in_the_stream_begins_again_whatever_its_number_is() {
    let mut book = OrderBook::default();
    book.apply_snapshot(&snapshot(1_000));
    book.apply_diff(&diff(1_001, 1_001, &[(11, 1)]));
    let restart = snapshot_from(SnapshotOrigin::Stream, 1, 50, 51);
    assert_eq!(book.apply_snapshot(&restart), SnapshotOutcome::Applied { dropped: 0 });
    assert_eq!(book.apply_diff(&diff(2, 2, &[(49, 1)])), DiffOutcome::Applied);
    assert_eq!((book.last_update_id(), book.top().bid), (Some(2), Some(level(50, 1))));
}

#[test]
fn a_partial_book_is_a_book_only_where_no_changes_come() {
    let partial = |id, bid| snapshot_from(SnapshotOrigin::Partial, id, bid, 20);
    let mut book = OrderBook::default();
    assert_eq!(book.apply_snapshot(&partial(5, 10)), SnapshotOutcome::Applied { dropped: 0 });
    assert_eq!(book.apply_snapshot(&partial(6, 11)), SnapshotOutcome::Applied { dropped: 0 });
    assert_eq!(book.top().bid, Some(level(11, 1)));
    book.apply_diff(&diff(7, 7, &[(12, 1)]));
    assert_eq!(book.apply_snapshot(&partial(8, 13)), SnapshotOutcome::Stale);
    assert_eq!(book.top().bid, Some(level(12, 1)));
}

#[test]
fn numbers_that_begin_again_while_time_goes_on_are_a_reset() {
    let later = |diff: BookDiff| BookDiff { time: Timestamp::from_nanos(5_000), ..diff };
    let mut book = OrderBook::default();
    book.apply_snapshot(&snapshot(1_000));
    book.apply_diff(&diff(1_001, 1_002, &[(11, 1)]));
    assert_eq!(book.apply_snapshot(&snapshot_from(SnapshotOrigin::Request, 5, 50, 51)), SnapshotOutcome::Stale);
    let reset = DiffOutcome::Reset(Gap { expected: 1_003, found: 6 });
    assert_eq!(book.apply_diff(&later(diff(6, 7, &[(50, 2)]))), reset);
    assert_eq!((book.last_update_id(), book.top().bid, book.bids().count()), (Some(7), Some(level(50, 2)), 1));

    let mut book = OrderBook::default();
    book.apply_snapshot(&snapshot(1_000));
    book.apply_diff(&diff(1_001, 1_002, &[(11, 1)]));
    assert_eq!(book.apply_diff(&diff(1_001, 1_002, &[(11, 9)])), DiffOutcome::Stale, "repeated, not reset");
    let gap = DiffOutcome::Gap(Gap { expected: 1_003, found: 6 });
    assert_eq!(book.apply_diff(&later(diff(6, 7, &[]))), gap, "without a snapshot it waits for one");
}

#[test]
fn what_waits_too_long_is_dropped_and_said() {
    let mut book = OrderBook::default();
    for id in 1..=10_000 {
        assert_eq!(book.apply_diff(&diff(id, id, &[])), DiffOutcome::Waiting);
    }
    assert_eq!(book.apply_diff(&diff(10_001, 10_001, &[])), DiffOutcome::Overflow);
    assert_eq!(book.apply_snapshot(&snapshot(0)), SnapshotOutcome::TooOld(Gap { expected: 1, found: 2 }));
}

#[test]
fn a_book_in_the_stream_that_is_older_than_the_changes_does_not_undo_them() {
    let at = |id, time| {
        let time = Some(Timestamp::from_nanos(time));
        BookSnapshot { time, ..snapshot_from(SnapshotOrigin::Stream, id, 10, 20) }
    };
    let mut book = OrderBook::default();
    book.apply_snapshot(&at(5, 5));
    book.apply_diff(&diff(6, 6, &[(11, 1)]));
    book.apply_diff(&diff(7, 7, &[(12, 1)]));
    // A second connection begins with it.
    assert_eq!(book.apply_snapshot(&at(6, 6)), SnapshotOutcome::Stale);
    assert_eq!((book.last_update_id(), book.top().bid), (Some(7), Some(level(12, 1))));
    assert_eq!(book.apply_diff(&diff(7, 7, &[(12, 1)])), DiffOutcome::Stale);
    assert_eq!(book.apply_diff(&diff(8, 8, &[])), DiffOutcome::Applied);
    // The venue counts from 1 again.
    assert_eq!(book.apply_snapshot(&at(1, 9)), SnapshotOutcome::Applied { dropped: 0 });
    assert_eq!((book.last_update_id(), book.top().bid), (Some(1), Some(level(10, 1))));
}
