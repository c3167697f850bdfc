//! A group that is declared empty has a member.
#![allow(dead_code)]

use di_core::{container, interface, service};

#[interface]
pub trait IClock {
    fn now_ms(&self) -> u64;
}

#[service(provides = IClock)]
pub struct SystemClock;

impl IClock for SystemClock {
    fn now_ms(&self) -> u64 {
        1
    }
}

#[container]
#[empty(dyn IClock)]
pub struct App {
    #[many(dyn IClock)]
    system: SystemClock,
}

fn main() {}
