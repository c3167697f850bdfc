//! The queues of a topic in every order in which threads can take their steps.
//!
//! The same source as in the library, on the locks and atomics of `loom`, which runs each case in all orders with up to
//! three preemptions. A reader or a writer that would sleep for ever is reported as a deadlock.

#[path = "../../src/events/buffer.rs"]
mod buffer;
#[path = "../../src/events/queue_set.rs"]
mod queue_set;
mod sync;

use std::future::poll_fn;
use std::sync::Arc;

use loom::future::block_on;
use loom::thread;

use crate::buffer::{Batch, Cursor};
use crate::queue_set::QueueSet;

/// One queue and its topic.
#[derive(Clone)]
struct Queue {
    queues: Arc<QueueSet<u64>>,
    cursor: Arc<Cursor>,
}

impl Queue {
    fn new(capacity: usize, drops: bool) -> Self {
        let queues = Arc::new(QueueSet::default());
        let cursor = queues.join(1, capacity, drops);
        Self { queues, cursor }
    }

    /// Publishes, and waits for room if the queue wants that; `false` if it is closed.
    fn publish(&self, event: u64) -> bool {
        let offered = self.queues.offer(event, 0);
        let refused: Vec<_> = offered.refused.into_iter().map(|(cursor, event)| (cursor, Some(event))).collect();
        refused
            .into_iter()
            .all(|(cursor, mut event)| block_on(poll_fn(|context| self.queues.poll_push(&cursor, &mut event, context))))
    }

    fn next(&self, batch: &mut Batch<u64>) -> Option<u64> {
        block_on(poll_fn(|context| self.queues.poll_pop(&self.cursor, batch, context)))
    }

    /// All events until the end.
    fn read(&self, batch: &mut Batch<u64>) -> Vec<u64> {
        std::iter::from_fn(|| self.next(batch)).collect()
    }
}

/// Runs the case in all orders.
fn check(case: impl Fn() + Send + Sync + 'static) {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(3);
    model.check(case);
}

/// What was read and what was dropped are together what was published, and in order.
fn assert_accounted(read: &[u64], lagged: u64, published: u64) {
    assert!(read.is_sorted_by(|one, next| one < next), "in order and none twice: {read:?}");
    assert_eq!(read.len() as u64 + lagged, published, "{read:?} and {lagged} dropped");
}

#[test]
fn a_writer_that_waits_and_a_reader_wake_each_other_and_nothing_is_lost() {
    for capacity in [1, 2] {
        check(move || {
            let queue = Queue::new(capacity, false);
            let reader = queue.clone();
            let reading = thread::spawn(move || reader.read(&mut Batch::default()));
            for event in 1..=3 {
                assert!(queue.publish(event));
            }
            queue.queues.close();
            assert_eq!(reading.join().unwrap(), [1, 2, 3]);
        });
    }
}

#[test]
fn an_event_is_taken_or_dropped_and_never_both() {
    for capacity in [1, 2] {
        check(move || {
            let queue = Queue::new(capacity, true);
            let reader = queue.clone();
            let reading = thread::spawn(move || reader.read(&mut Batch::default()));
            for event in 1..=3 {
                assert!(queue.publish(event));
            }
            queue.queues.close();
            let read = reading.join().unwrap();
            assert_accounted(&read, queue.cursor.lagged(), 3);
            assert_eq!(read.last(), Some(&3), "the newest is never dropped");
        });
    }
}

#[test]
fn an_event_in_the_readers_hand_makes_room_as_well() {
    check(|| {
        let queue = Queue::new(2, true);
        let mut batch = Batch::default();
        (1..=2).for_each(|event| assert!(queue.publish(event)));
        assert_eq!(queue.queues.pop(&queue.cursor, &mut batch), Some(1));
        let writer = queue.clone();
        let writing = thread::spawn(move || (3..=4).all(|event| writer.publish(event)));
        let mut read: Vec<u64> = queue.queues.pop(&queue.cursor, &mut batch).into_iter().collect();
        assert!(writing.join().unwrap());
        assert!(queue.queues.queued(&queue.cursor) <= 2, "batch and queue together keep the capacity");
        queue.queues.close();
        read.extend(queue.read(&mut batch));
        assert_accounted(&read, queue.cursor.lagged(), 3);
    });
}

#[test]
fn a_reader_that_takes_from_his_hand_wakes_the_writer() {
    check(|| {
        let queue = Queue::new(2, false);
        let mut batch = Batch::default();
        (1..=2).for_each(|event| assert!(queue.publish(event)));
        assert_eq!(queue.queues.pop(&queue.cursor, &mut batch), Some(1));
        assert!(queue.publish(3));
        // Full, and the next event is in the batch: taking it needs no lock.
        let writer = queue.clone();
        let writing = thread::spawn(move || writer.publish(4));
        assert_eq!(queue.queues.pop(&queue.cursor, &mut batch), Some(2));
        assert!(writing.join().unwrap(), "there was room, although the reader took no more");
        assert_eq!([queue.next(&mut batch), queue.next(&mut batch)], [Some(3), Some(4)]);
    });
}

#[test]
fn two_writers_that_wait_are_both_woken() {
    check(|| {
        let queue = Queue::new(1, false);
        assert!(queue.publish(0));
        let writing: Vec<_> = [1, 2]
            .map(|event| {
                let writer = queue.clone();
                thread::spawn(move || writer.publish(event))
            })
            .into();
        let mut batch = Batch::default();
        let mut read: Vec<u64> = (0..3).filter_map(|_| queue.next(&mut batch)).collect();
        read.sort_unstable();
        assert_eq!(read, [0, 1, 2]);
        assert!(writing.into_iter().all(|writer| writer.join().unwrap()));
    });
}

#[test]
fn whoever_waits_is_woken_by_the_close_and_what_was_queued_is_read() {
    check(|| {
        let queue = Queue::new(1, false);
        assert!(queue.publish(1));
        let (writer, closer) = (queue.clone(), queue.clone());
        let writing = thread::spawn(move || writer.publish(2));
        let closing = thread::spawn(move || closer.queues.close());
        let read = queue.read(&mut Batch::default());
        closing.join().unwrap();
        let lagged = u64::from(!writing.join().unwrap()) + queue.cursor.lagged();
        assert_accounted(&read, lagged, 2);
    });
}

#[test]
fn what_a_reader_leaves_behind_is_counted_and_its_writer_is_woken() {
    check(|| {
        let queue = Queue::new(1, false);
        assert!(queue.publish(1));
        let writer = queue.clone();
        let writing = thread::spawn(move || writer.publish(2));
        let mut batch = Batch::default();
        let read: Vec<u64> = queue.queues.pop(&queue.cursor, &mut batch).into_iter().collect();
        let left = queue.queues.leave(&queue.cursor, &mut batch);
        assert_eq!(left, queue.cursor.lagged());
        // A writer that comes after the leaving owes nothing; one that waited finds the queue gone.
        let _ = writing.join().unwrap();
        assert_eq!(read, [1]);
        assert_eq!(queue.queues.queued(&queue.cursor), 0);
    });
}
