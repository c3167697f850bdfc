//! A service has an `Arc`, and a cell behind a lock.
#![allow(dead_code)]

use std::cell::Cell;
use std::sync::{Arc, Mutex};

use di_core::{container, service};

#[service]
pub struct Clock {
    #[inject(default)]
    name: Arc<String>,
    #[inject(default)]
    ticks: Mutex<Cell<u32>>,
}

#[container]
pub struct App {
    clock: Clock,
}

fn main() {
    let _ = App::build(AppInputs {});
}
