//! Nobody gives a module its inputs.
#![allow(dead_code)]

use di_core::container;

#[container]
pub struct Module {
    #[input]
    name: String,
}

#[container]
pub struct App {
    #[module]
    module: Module,
}

fn main() {}
