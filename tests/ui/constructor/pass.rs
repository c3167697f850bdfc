//! One is.
#![allow(dead_code)]

use di_core::service;

pub struct Journal;

#[service]
impl Journal {
    #[constructor]
    pub fn new() -> Self {
        Self
    }
}

fn main() {}
