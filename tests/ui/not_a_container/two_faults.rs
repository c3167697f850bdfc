//! A service is listed as a scope, and a container as a transient.

use di_core::{container, service};

#[service]
pub struct Clock;

#[container]
pub struct Time {
    clock: Clock,
}

#[container]
pub struct App {
    #[scope]
    clock: Clock,
    #[transient]
    time: Time,
}

fn main() {}
