//! A function makes the field, and the caller supplies it.
#![allow(dead_code)]

use di_core::{container, service};

pub struct Pool;

#[service]
fn pool() -> Pool {
    Pool
}

#[container]
pub struct App {
    #[input]
    #[provide(pool)]
    pool: Pool,
}

fn main() {}
