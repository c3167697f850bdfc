//! An input has an `Rc`.
#![allow(dead_code)]

use std::rc::Rc;
use std::sync::Arc;

use di_core::{container, service};

#[service]
pub struct Clock {
    name: Arc<Rc<String>>,
}

#[container]
pub struct App {
    clock: Clock,
    #[input]
    name: Rc<String>,
}

fn main() {}
