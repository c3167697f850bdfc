//! The history of a topic.

use di_core::events::{Bus, Event, Recorded};

use crate::Tick;

#[derive(Debug, Clone, PartialEq, Eq)]
struct Note(u64);

impl Event for Note {
    const TOPIC: &'static str = "test.note";
    const HISTORY: usize = 3;
}

#[derive(Debug, Clone)]
struct Unremembered;

impl Event for Unremembered {
    const TOPIC: &'static str = "test.unremembered";
    const HISTORY: usize = 0;
}

#[test]
fn the_last_10_000_of_a_topic_are_remembered() {
    let bus = Bus::new();
    let topic = bus.topic::<Tick>();
    for n in 0..10_005 {
        topic.publish(Tick(n)).now().unwrap();
    }
    let past: Vec<u64> = topic.history().iter().map(|one| one.event.0).collect();
    assert_eq!(past, (5..10_005).collect::<Vec<_>>());
}

#[test]
fn a_topic_says_how_much_is_remembered() {
    let bus = Bus::new();
    for n in 0..5 {
        bus.topic().publish(Note(n)).now().unwrap();
        bus.topic().publish(Unremembered).now().unwrap();
    }
    let past: Vec<u64> = bus.topic::<Note>().history().iter().map(|one| one.event.0).collect();
    assert_eq!((past, bus.topic::<Unremembered>().history().len()), (vec![2, 3, 4], 0));
}

#[test]
fn all_topics_are_remembered_in_one_order() {
    let bus = Bus::new();
    bus.topic().publish(Tick(1)).now().unwrap();
    bus.topic().publish(Note(2)).now().unwrap();
    bus.topic().publish(Tick(3)).now().unwrap();
    let text: Vec<String> = bus.history().iter().map(|Recorded { event, .. }| format!("{event:?}")).collect();
    assert_eq!(text, ["Tick(1)", "Note(2)", "Tick(3)"]);
    assert_eq!(bus.history_of("test.note").len(), 1);
    assert_eq!(bus.history()[1].event.downcast_ref(), Some(&Note(2)));
    assert_eq!(bus.history()[1].event.downcast_ref::<Tick>(), None);
    assert!(bus.history_of("test.unknown").is_empty());
}

#[test]
fn of_all_topics_together_the_last_10_000_are_remembered() {
    let bus = Bus::new();
    bus.topic().publish(Note(0)).now().unwrap();
    for n in 0..10_000 {
        bus.topic().publish(Tick(n)).now().unwrap();
    }
    let past = bus.history();
    assert_eq!((past.len(), past[0].event.topic()), (10_000, "test.tick"));
}

#[test]
fn reading_while_others_publish_leaves_no_hole() {
    let bus = Bus::new();
    let topic = bus.topic::<Tick>();
    std::thread::scope(|scope| {
        scope.spawn(|| (0..100_000).for_each(|n| topic.publish(Tick(n)).now().unwrap()));
        let mut last = 0;
        while last < 99_999 {
            let past = topic.history();
            assert!(past.is_sorted_by(|a, b| a.sequence < b.sequence));
            last = past.last().map_or(0, |one| one.event.0);
            assert!(past.len() <= 10_000);
        }
    });
    let past: Vec<u64> = topic.history().iter().map(|one| one.event.0).collect();
    assert_eq!(past, (90_000..100_000).collect::<Vec<_>>());
}
