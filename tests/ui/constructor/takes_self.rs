//! A constructor takes `self`.
#![allow(dead_code)]

use di_core::service;

pub struct Journal;

#[service]
impl Journal {
    #[constructor]
    pub fn new(&self) -> Self {
        Self
    }
}

fn main() {}
