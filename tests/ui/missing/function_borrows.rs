//! A provider function takes a reference, and another takes the value.
#![allow(dead_code)]

use di_core::{container, service};

pub struct Pool;

pub struct Cache;

#[derive(Default)]
pub struct Settings;

#[service]
fn pool(_settings: &Settings) -> Pool {
    Pool
}

#[service]
fn cache(
    _settings: Settings,
) -> Cache {
    Cache
}

#[container]
pub struct App {
    #[input]
    settings: Settings,
    #[provide(pool)]
    pool: Pool,
    #[provide(cache)]
    cache: Cache,
}

fn main() {}
