//! A provider function has a parameter for a lifetime.
#![allow(dead_code)]

use di_core::{container, service};

pub struct Pool;

pub struct Settings;

#[service]
fn pool<'a>(_settings: &'a Settings) -> Pool {
    Pool
}

#[service]
fn copies<'a, T: 'a>(_settings: &'a T) -> Vec<T>
where
    T: Clone + Send + Sync + 'static,
{
    Vec::new()
}

#[container]
pub struct App {
    #[provide(copies<u8>)]
    copies: Vec<u8>,
    #[input]
    settings: Settings,
    #[provide(pool)]
    pool: Pool,
}

fn main() {}
