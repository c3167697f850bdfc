//! A field has a service under an alias.
#![allow(dead_code)]

use di_core::{container, service};

#[service]
pub struct SystemClock;

type Clock = SystemClock;

#[container]
pub struct App {
    clock: Clock,
}

fn main() {}
