//! One service has two constructors, another one has none.
#![allow(dead_code)]

use di_core::service;

pub struct Journal;

#[service]
impl Journal {
    #[constructor]
    pub fn new() -> Self {
        Self
    }

    #[constructor]
    pub fn open() -> Self {
        Self
    }
}

pub struct Market;

#[service]
impl Market {}

fn main() {}
