//! A provider function has a hook for what is done after it.
#![allow(dead_code)]

use di_core::{container, service};

pub struct Pool;

fn warm_up(_: &mut Pool) {}

#[service(post_construct = warm_up)]
fn pool() -> Pool {
    Pool
}

#[container]
pub struct App {
    #[provide(pool)]
    pool: Pool,
}

fn main() {}
