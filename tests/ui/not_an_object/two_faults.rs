//! A method has no `self`, another returns `Self`.
#![allow(dead_code)]

use di_core::interface;

#[interface]
pub trait IStore {
    fn open();

    fn copy(&self) -> Self;
}

fn main() {}
