//! A function provides another type than the one that is listed.
#![allow(dead_code)]

use di_core::{container, service};

pub struct Pool;

pub struct Connection;

#[service]
fn pool() -> Result<Pool, std::io::Error> {
    Ok(Pool)
}

#[container]
pub struct App {
    #[provide(pool)]
    pool: Connection,
}

fn main() {}
