//! A container is closed once.
#![allow(dead_code)]

use di_core::container;

#[container]
pub struct App {}

fn main() {
    let app = App::build(AppInputs {});
    assert!(app.close().is_ok());
}
