//! A service is listed as a module.

use di_core::{container, service};

#[service]
pub struct Clock;

#[container]
pub struct App {
    #[module]
    clock: Clock,
}

fn main() {}
