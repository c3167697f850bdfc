//! A provider function is marked as a constructor.
#![allow(dead_code)]

use di_core::{container, service};

pub struct Pool;

#[service]
#[constructor]
fn pool() -> Pool {
    Pool
}

#[container]
pub struct App {
    #[provide(pool)]
    pool: Pool,
}

fn main() {}
