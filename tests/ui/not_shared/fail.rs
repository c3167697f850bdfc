//! A service has an `Rc`.
#![allow(dead_code)]

use std::rc::Rc;

use di_core::{container, service};

#[service]
pub struct Clock {
    #[inject(default)]
    name: Rc<String>,
}

#[container]
pub struct App {
    clock: Clock,
}

fn main() {}
