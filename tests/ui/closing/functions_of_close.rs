//! A function of `close` is async, and another takes the value.
#![allow(dead_code)]

use di_core::{container, service};

pub struct Pool;

pub struct Queue;

#[service(close = disconnect)]
fn pool() -> Pool {
    Pool
}

async fn disconnect(_pool: &Pool) {}

#[service(close = drain)]
fn queue() -> Queue {
    Queue
}

fn drain(_queue: Queue) {}

#[container]
pub struct App {
    #[provide(pool)]
    pool: Pool,
    #[provide(queue)]
    queue: Queue,
}

fn main() {}
