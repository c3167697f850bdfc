//! A container has a type parameter.
#![allow(dead_code)]

use di_core::container;

#[container]
pub struct App<T> {
    #[input]
    name: T,
}

fn main() {}
