//! An interface has a type with parameters.

use di_core::interface;

#[interface]
pub trait IStore {
    type Entry<'a>;

    fn first(&self) -> u32;
}

fn main() {}
