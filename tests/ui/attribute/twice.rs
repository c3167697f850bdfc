//! A struct is annotated twice.

use di_core::{container, service};

#[service]
#[service]
pub struct Journal;

#[container]
pub struct App {
    journal: Journal,
}

fn main() {
    let _app = App::build(AppInputs {});
}
