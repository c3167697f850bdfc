//! A service is listed as one, and containers as a module and as a scope.

use di_core::{container, service};

#[service]
pub struct Clock;

#[container]
pub struct Time {
    clock: Clock,
}

#[container]
pub struct App {
    clock: Clock,
    #[module]
    time: Time,
    #[scope]
    request: Time,
}

fn main() {
    let app = App::build(AppInputs {});
    let _ = app.request(TimeInputs {});
}
