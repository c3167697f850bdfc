//! Injection of the bus and of its topics.

use std::sync::Arc;

use di_core::events::{Bus, IEventBus, Overflow, Topic};
use di_core::{container, service};

use crate::Tick;

#[service]
pub(crate) struct Feed {
    ticks: Arc<Topic<Tick>>,
}

#[service]
pub(crate) struct Monitor {
    bus: Arc<dyn IEventBus>,
}

#[container]
pub(crate) struct App {
    bus: Bus,
    ticks: Topic<Tick>,
    feed: Feed,
    monitor: Monitor,
}

#[test]
fn whoever_takes_the_topic_and_whoever_takes_the_bus_meet() {
    let app = App::build(AppInputs {});
    let bus = &app.get::<Monitor>().bus;
    let mut subscriber = bus.topic::<Tick>().subscribe("monitor", Overflow::KeepNewest);
    app.get::<Feed>().ticks.publish(Tick(7)).now().unwrap();
    assert_eq!(subscriber.try_next(), Some(Tick(7)));
    assert_eq!(bus.topics()[0].queues[0].name, "monitor");
    assert_eq!((bus.counters(), bus.history().len()), (bus.topics()[0].counters, 1));
}

#[test]
fn closing_the_container_ends_the_subscribers() {
    let app = App::build(AppInputs {});
    let mut subscriber = app.get::<Topic<Tick>>().subscribe("late", Overflow::Wait(1));
    app.get::<Feed>().ticks.publish(Tick(7)).now().unwrap();
    app.close().unwrap();
    assert_eq!((subscriber.blocking_next(), subscriber.blocking_next()), (Some(Tick(7)), None));
}

#[test]
fn topics_of_two_buses_are_strangers() {
    let (one, two) = (Bus::new(), Bus::new());
    let mut subscriber = two.topic::<Tick>().subscribe("other", Overflow::Wait(1));
    one.topic().publish(Tick(1)).now().unwrap();
    assert_eq!(subscriber.try_next(), None);
}
