//! A service that threads cannot share because of what one of its fields holds: only the compiler sees that.
#![allow(dead_code)]

use std::cell::RefCell;

use di_core::service;

#[derive(Default)]
pub struct Entries(RefCell<Vec<u8>>);

#[service]
pub struct Cache {
    #[inject(default)]
    entries: Entries,
}

fn main() {}
