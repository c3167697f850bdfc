//! Inputs that are no values: an interface and a slice.
#![allow(dead_code)]

use di_core::{container, interface};

#[interface]
pub trait IClock {}

#[container]
pub struct App {
    #[input]
    clock: dyn IClock,
    #[input]
    limits: [u32],
}

fn main() {}
