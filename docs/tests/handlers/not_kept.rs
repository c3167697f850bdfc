//! A concrete type that the container does not keep.

use std::sync::Arc;

use di_core::axum::Inject;
use di_core::{container, service};

#[service]
pub struct Greeter;

#[service]
pub struct Visitors;

impl Visitors {
    fn count(&self) -> String {
        "none".to_owned()
    }
}

#[container]
pub struct App {
    greeter: Greeter,
}

#[axum::debug_handler(state = Arc<App>)]
async fn visitors(visitors: Inject<Visitors>) -> String {
    visitors.count()
}

fn main() {
    let app = Arc::new(App::build(AppInputs {}));
    let _router: axum::Router = axum::Router::new().route("/", axum::routing::get(visitors)).with_state(app);
}
