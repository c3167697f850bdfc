//! A provider function and an impl block are annotated twice.
#![allow(dead_code)]

use di_core::{container, service};

pub struct Pool;

#[service]
#[service(concrete = deprecated)]
fn pool() -> Pool {
    Pool
}

pub struct Clock;

#[service]
#[service(concrete = deprecated)]
impl Clock {
    #[constructor]
    fn new() -> Self {
        Self
    }
}

#[container]
pub struct App {
    #[provide(pool)]
    pool: Pool,
    clock: Clock,
}

fn main() {}
