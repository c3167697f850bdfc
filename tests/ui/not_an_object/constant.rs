//! An interface has a constant.
#![allow(dead_code)]

use di_core::interface;

#[interface]
pub trait IStore {
    const NAME: &str;
}

fn main() {}
