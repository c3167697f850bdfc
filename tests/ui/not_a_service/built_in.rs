//! A field has a built-in type.
#![allow(dead_code)]

use di_core::container;

#[container]
pub struct App {
    port: u16,
}

fn main() {}
