//! The error of a provider function is none that a box of errors can hold.
#![allow(dead_code)]

use di_core::{container, service};

pub struct Pool;

pub struct Refused;

#[service]
fn pool() -> Result<Pool, Refused> {
    Ok(Pool)
}

#[container]
pub struct App {
    #[provide(pool)]
    pool: Pool,
}

fn main() {}
