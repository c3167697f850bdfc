//! A service is private to its module: rustc says so once.
#![allow(dead_code)]

use di_core::container;

mod clocks {
    #[di_core::service]
    struct SystemClock;
}

#[container]
pub struct App {
    clock: clocks::SystemClock,
}

fn main() {
    let _ = App::build(AppInputs {});
}
