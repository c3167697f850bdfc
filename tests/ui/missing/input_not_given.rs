//! The caller leaves an input out.
#![allow(dead_code)]

use di_core::container;

#[container]
pub struct App {
    #[input]
    name: String,
    #[input]
    number: u32,
}

fn main() {
    App::build(AppInputs { name: String::new() });
}
