//! A service says `close` and does not implement it.
#![allow(dead_code)]

use di_core::{container, service};

#[service(close)]
pub struct Journal;

#[container]
pub struct App {
    journal: Journal,
}

fn main() {}
