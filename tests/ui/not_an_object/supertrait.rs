//! An interface stands on a trait that is no object.
#![allow(dead_code)]

use di_core::interface;

#[interface]
pub trait IStore: Clone {
    fn name(&self) -> &str;
}

fn main() {}
