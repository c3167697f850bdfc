//! A caller asks for a group that the container does not have.
#![allow(dead_code)]

use di_core::{container, interface};

#[interface]
pub trait IClock {
    fn now_ms(&self) -> u64;
}

#[container]
pub struct App {}

fn main() {
    let app = App::build(AppInputs {});
    let _clocks = app.many::<dyn IClock>();
}
