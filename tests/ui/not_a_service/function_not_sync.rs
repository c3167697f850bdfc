//! Provider functions return what threads cannot share.
#![allow(dead_code)]

use std::cell::RefCell;

use di_core::{container, interface, service};

pub struct Pool;

#[service]
fn pool() -> std::rc::Rc<Pool> {
    unimplemented!()
}

#[service]
fn names() -> Result<RefCell<Vec<String>>, std::io::Error> {
    unimplemented!()
}

#[interface]
pub trait IClock {}

#[service]
fn clock() -> std::rc::Rc<dyn IClock> {
    unimplemented!()
}

#[container]
pub struct App {
    #[provide(clock)]
    clock: dyn IClock,
    #[provide(pool)]
    pool: Pool,
    #[provide(names)]
    names: RefCell<Vec<String>>,
}

fn main() {}
