//! A function is listed like a type, and a type like a function.
#![allow(dead_code)]

use di_core::{container, service};

pub struct Pool;

#[service]
fn pool() -> Pool {
    Pool
}

#[service]
pub struct Journal;

#[container]
pub struct App {
    pool: pool,
    #[provide(Journal)]
    journal: Journal,
}

fn main() {}
