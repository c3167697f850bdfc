//! A service that threads cannot share, and the container that keeps it.
#![allow(dead_code)]

use std::cell::RefCell;

use di_core::{container, service};

#[service]
pub struct Cache {
    #[inject(default)]
    entries: RefCell<Vec<u8>>,
}

#[container]
pub struct App {
    cache: Cache,
}

fn main() {
    let _ = App::build(AppInputs {});
}
