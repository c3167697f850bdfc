//! A provider function returns nothing.
#![allow(dead_code)]

use di_core::{container, service};

#[service]
fn settings() {}

#[container]
pub struct App {
    #[provide(settings)]
    settings: String,
}

fn main() {}
