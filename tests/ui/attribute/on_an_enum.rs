//! `#[service]` stands on an enum.
#![allow(dead_code)]

use di_core::service;

#[service]
pub enum Side {
    Buy,
    Sell,
}

fn main() {}
