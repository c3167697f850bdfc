//! A provider function lends a part of its argument.
#![allow(dead_code)]

use di_core::{container, service};

pub struct Pool;

pub struct Settings {
    pool: Pool,
}

#[service]
fn pool(settings: &Settings) -> &Pool {
    &settings.pool
}

#[container]
pub struct App {
    #[input]
    settings: Settings,
    #[provide(pool)]
    pool: Pool,
}

fn main() {}
