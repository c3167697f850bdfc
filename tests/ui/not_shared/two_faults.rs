//! A service has a cell, and one that is made by a constructor has a raw pointer.
#![allow(dead_code)]

use std::cell::Cell;

use di_core::{container, service};

#[service]
pub struct Clock {
    #[inject(default)]
    ticks: Cell<u32>,
}

pub struct Buffer {
    start: *const u8,
}

#[service]
impl Buffer {
    #[constructor]
    fn new() -> Self {
        Self { start: std::ptr::null() }
    }
}

#[container]
pub struct App {
    clock: Clock,
    buffer: Buffer,
}

fn main() {}
