//! A field is both given and inherited.
#![allow(dead_code)]

use std::sync::Arc;

use di_core::container;

#[container]
pub struct App {
    #[input]
    #[inherit]
    name: Arc<String>,
}

fn main() {}
