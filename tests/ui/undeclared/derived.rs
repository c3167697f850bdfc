//! A derived module that is async through what a test puts in the place of a service, and does not declare it.
#![allow(dead_code)]

use di_core::{container, service};

#[service]
pub struct Clock;

pub struct SlowClock;

#[service]
impl SlowClock {
    #[constructor]
    pub async fn open() -> Self {
        Self
    }
}

#[container]
pub struct Time {
    clock: Clock,
}

#[container(from = Time, replace(clock = SlowClock))]
pub struct SlowTime;

#[container]
pub struct App {
    #[module]
    time: SlowTime,
}

fn main() {}
