//! L18: the clock can be anything that is a [`Time`].

use std::sync::{Arc, Mutex};
use std::time::Duration;

use di_core::lifecycle::{Failure, Sleep, StartCause, Time};
use tokio::sync::watch;

use crate::world::{Log, Script, Service, application, millis};

/// A clock that moves when it is told to, and knows nothing of tokio's.
#[derive(Debug, Clone)]
struct ByHand(Arc<Mutex<watch::Sender<Duration>>>);

impl ByHand {
    fn set(&self, now: Duration) {
        self.0.lock().unwrap().send_replace(now);
    }
}

impl Time for ByHand {
    fn now(&self) -> Duration {
        *self.0.lock().unwrap().borrow()
    }

    fn sleep_until(&self, moment: Duration) -> Sleep {
        let mut now = self.0.lock().unwrap().subscribe();
        Box::pin(async move {
            now.wait_for(|now| *now >= moment).await.unwrap();
        })
    }
}

#[tokio::test]
async fn l18_every_deadline_follows_the_clock_that_was_given() {
    let log = Log::new();
    let clock = ByHand(Arc::new(Mutex::new(watch::Sender::new(Duration::ZERO))));
    let application = application([Service::new(&log, "venue").start(Script::Hang).abort(Script::Hang).node()])
        .with_time(Arc::new(clock.clone()));
    let (result, ()) = tokio::join!(application.start(), async {
        while log.at("venue start").is_none() {
            tokio::task::yield_now().await;
        }
        clock.set(millis(999));
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        assert!(log.at("venue start dropped").is_none(), "a millisecond is left");
        clock.set(millis(1_000));
        while log.at("venue abort").is_none() {
            tokio::task::yield_now().await;
        }
        clock.set(millis(2_500));
    });
    let error = result.unwrap_err();
    let StartCause::Service(failure) = error.cause() else { panic!("{error}") };
    assert!(matches!(failure.failure(), Failure::TimedOut { budget } if *budget == millis(1_000)));
    assert_eq!(failure.took(), millis(1_000));
    assert_eq!(error.rollback()[0].took(), millis(1_500), "the clock leapt over the deadline");
}
