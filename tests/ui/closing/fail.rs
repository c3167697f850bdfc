//! A container is closed twice.
#![allow(dead_code)]

use di_core::container;

#[container]
pub struct App {}

fn main() {
    let app = App::build(AppInputs {});
    let _first = app.close();
    let _second = app.close();
}
