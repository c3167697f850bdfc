//! A provider function returns a future of what it provides.
#![allow(dead_code)]

use di_core::{container, service};

pub struct Pool;

#[service]
fn pool() -> impl Future<Output = Pool> {
    async { Pool }
}

#[service]
fn name() -> impl std::future::Future<Output = String> {
    async { String::new() }
}

#[container]
pub struct App {
    #[provide(name)]
    name: String,
    #[provide(pool)]
    pool: Pool,
}

fn main() {}
