//! A provider that only the types find needs its consumer: no order would do.
#![allow(dead_code)]

use std::sync::Arc;

use di_core::{container, interface, service};

#[interface]
pub trait IJournal {}

use IJournal as Notes;

#[service(provides = IJournal)]
pub struct Journal {
    clock: Arc<SystemClock>,
}

impl IJournal for Journal {}

#[service]
pub struct SystemClock {
    notes: Arc<dyn Notes>,
}

#[container]
pub struct App {
    clock: SystemClock,
    journal: Journal,
}

fn main() {}
