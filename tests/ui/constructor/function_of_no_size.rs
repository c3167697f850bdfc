//! Functions provide a text and a slice, which have no size.
#![allow(dead_code)]

use std::sync::Arc;

use di_core::{container, service};

#[service]
pub fn title() -> Arc<str> {
    unimplemented!()
}

#[service]
pub fn limits() -> Result<Arc<[u32]>, String> {
    unimplemented!()
}

#[container]
pub struct App {
    #[provide(title)]
    title: String,
    #[provide(limits)]
    limits: Vec<u32>,
}

fn main() {}
