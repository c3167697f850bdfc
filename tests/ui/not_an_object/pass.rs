//! A generic method is not part of the object.
#![allow(dead_code)]

use di_core::interface;

#[interface]
pub trait IStore {
    fn put<T: Send>(&self, value: T)
    where
        Self: Sized;

    fn name(&self) -> &str;
}

fn main() {}
