//! A constructor returns nothing.
#![allow(dead_code)]

use di_core::service;

pub struct Journal;

#[service]
impl Journal {
    #[constructor]
    pub fn new() {}
}

fn main() {}
