//! A key is not written to its end.

use di_core::{container, interface, service};

#[interface]
pub trait IClock {}

#[service(prov = IClock)]
pub struct SystemClock;

impl IClock for SystemClock {}

#[container]
pub struct App {
    clock: SystemClock,
}

fn main() {
    let _app = App::build(AppInputs {});
}
