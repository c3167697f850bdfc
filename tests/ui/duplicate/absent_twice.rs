//! An absence is declared twice.
use di_core::{container, interface};

#[interface]
pub trait IClock {}

#[container]
#[absent(dyn IClock)]
#[absent(dyn IClock)]
pub struct App {}

fn main() {
    let _app = App::build(AppInputs {});
}
