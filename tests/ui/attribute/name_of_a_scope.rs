//! A scope is called like a method of every container.

use di_core::container;

#[container]
pub struct Session {}

#[container]
pub struct App {
    #[scope]
    get: Session,
}

fn main() {
    let _app = App::build(AppInputs {});
}
