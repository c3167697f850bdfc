//! A provider function returns some type that implements a trait of the standard library.
#![allow(dead_code)]

use di_core::{container, service};

#[service]
fn title() -> impl std::fmt::Display {
    "a title"
}

#[container]
pub struct App {
    #[provide(title)]
    title: String,
}

fn main() {}
