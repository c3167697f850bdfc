//! A provider function takes some type that implements a trait.
#![allow(dead_code)]

use di_core::{container, interface, service};

#[interface]
pub trait IClock {}

#[service(provides = IClock)]
pub struct SystemClock;

impl IClock for SystemClock {}

pub struct Pool;

#[service]
fn pool(_clock: impl IClock) -> Pool {
    Pool
}

#[container]
pub struct App {
    clock: SystemClock,
    #[provide(pool)]
    pool: Pool,
}

fn main() {}
