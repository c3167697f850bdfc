//! A service borrows.
#![allow(dead_code)]

use di_core::service;

#[service]
pub struct Journal<'a> {
    #[inject(default)]
    name: &'a str,
}

fn main() {}
