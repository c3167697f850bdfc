//! A container is listed as a service.

use di_core::{container, service};

#[service]
pub struct Clock;

#[container]
pub struct Time {
    clock: Clock,
}

#[container]
pub struct App {
    time: Time,
}

fn main() {}
