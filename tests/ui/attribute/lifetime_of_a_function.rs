//! A provider function has a parameter for a lifetime.
#![allow(dead_code)]

use di_core::{container, service};

pub struct Pool;

pub struct Settings;

#[service]
fn pool<'a>(_settings: &'a Settings) -> Pool {
    Pool
}

#[container]
pub struct App {
    #[input]
    settings: Settings,
    #[provide(pool)]
    pool: Pool,
}

fn main() {}
