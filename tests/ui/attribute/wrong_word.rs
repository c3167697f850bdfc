//! A registration does not exist.
#![allow(dead_code)]

use di_core::container;

#[container(register = both)]
pub struct App {
    #[input]
    name: String,
}

fn main() {}
