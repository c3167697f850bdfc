//! An override puts a service in place of a module.
#![allow(dead_code)]

use di_core::{container, service};

#[service]
pub struct Clock;

#[container]
pub struct Module {
    clock: Clock,
}

#[container]
pub struct App {
    #[module]
    module: Module,
}

#[container(from = App, replace(module = Clock))]
pub struct TestApp;

fn main() {}
