//! A method is generic.
#![allow(dead_code)]

use di_core::interface;

#[interface]
pub trait IStore {
    fn put<T: Send>(&self, value: T);
}

fn main() {}
