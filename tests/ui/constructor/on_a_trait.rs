//! `#[service]` stands on the impl of a trait.
#![allow(dead_code)]

use di_core::service;

pub struct Journal;

#[service]
impl Default for Journal {
    fn default() -> Self {
        Self
    }
}

fn main() {}
