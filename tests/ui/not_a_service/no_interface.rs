//! A trait without `#[interface]` is asked for: what stands behind it may be bound to one thread, and the line that rustc
//! shows says what to do.
#![allow(dead_code)]

use std::sync::Arc;

use di_core::{container, service};

pub trait IClock {}

#[service(provides = IClock)]
pub struct SystemClock;

impl IClock for SystemClock {}

#[service]
pub struct Journal {
    clock: Arc<dyn IClock>,
}

#[container]
pub struct App {
    clock: SystemClock,
    journal: Journal,
}

fn main() {
    let _ = App::build(AppInputs {});
}
