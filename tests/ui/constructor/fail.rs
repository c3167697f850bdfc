//! No function is marked as the constructor.
#![allow(dead_code)]

use di_core::service;

pub struct Journal;

#[service]
impl Journal {
    pub fn new() -> Self {
        Self
    }
}

fn main() {}
