//! A check that answers as it was told.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use di_core::error::BoxError;
use di_core::health::{Health, HealthCheck};
use di_core::interface;
use di_core::lifecycle::PlanNode;

use crate::world::{Log, millis};

/// What a check does.
#[derive(Debug, Clone, Copy)]
pub(super) enum Answer {
    Healthy,
    Degraded,
    Unhealthy,
    Fails,
    Panics,
    Hangs,
    /// It blocks its thread for so many milliseconds.
    Blocks(u64),
}

/// A check that answers from a list after `takes`, and its last answer again and again.
pub(super) struct Scripted {
    name: &'static str,
    log: Log,
    takes: Duration,
    answers: Mutex<VecDeque<Answer>>,
}

impl Scripted {
    pub(super) fn node<const N: usize>(log: &Log, name: &'static str, takes: u64, answers: [Answer; N]) -> PlanNode {
        let answers = Mutex::new(VecDeque::from(answers));
        let check = Self { name, log: log.clone(), takes: millis(takes), answers };
        PlanNode::new(name).health(Arc::new(check))
    }

    fn next(&self) -> Answer {
        let mut answers = self.answers.lock().unwrap();
        if answers.len() > 1 { answers.pop_front().unwrap() } else { answers[0] }
    }
}

#[interface]
impl HealthCheck for Scripted {
    async fn check(&self) -> Result<Health, BoxError> {
        self.log.say(format!("{} check", self.name));
        tokio::time::sleep(self.takes).await;
        match self.next() {
            Answer::Healthy => Ok(Health::healthy().with("lag_ms", 7)),
            Answer::Degraded => Ok(Health::degraded("it is slow").suggest("wait")),
            Answer::Unhealthy => Ok(Health::unhealthy("it is down").suggest("restart it")),
            Answer::Fails => Err("connection refused".into()),
            Answer::Panics => std::panic::resume_unwind(Box::new("index out of bounds")),
            Answer::Hangs => std::future::pending().await,
            Answer::Blocks(ms) => {
                std::thread::sleep(millis(ms));
                Ok(Health::healthy())
            }
        }
    }
}
