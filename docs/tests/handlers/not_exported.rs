//! An interface that the container does not export.

use std::sync::Arc;

use di_core::axum::Inject;
use di_core::{container, interface, service};

#[interface]
pub trait IGreeter {
    fn greeting(&self) -> String;
}

#[service(provides = IGreeter)]
pub struct Greeter;

impl IGreeter for Greeter {
    fn greeting(&self) -> String {
        "Hello".to_owned()
    }
}

#[container]
pub struct App {
    greeter: Greeter,
}

#[axum::debug_handler(state = Arc<App>)]
async fn hello(greeter: Inject<dyn IGreeter>) -> String {
    greeter.greeting()
}

fn main() {
    let app = Arc::new(App::build(AppInputs {}));
    let _router: axum::Router = axum::Router::new().route("/", axum::routing::get(hello)).with_state(app);
}
