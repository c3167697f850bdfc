//! A scope of which nothing says how it is opened for a request.

use std::sync::Arc;

use di_core::axum::Scoped;
use di_core::{container, service};

#[service]
pub struct Cart;

impl Cart {
    fn items(&self) -> String {
        "none".to_owned()
    }
}

#[container]
pub struct RequestScope {
    pub cart: Cart,
}

#[container]
pub struct App {
    #[scope]
    request: RequestScope,
}

#[axum::debug_handler(state = Arc<App>)]
async fn cart(scope: Scoped<RequestScope>) -> String {
    scope.cart.items()
}

fn main() {
    let app = Arc::new(App::build(AppInputs {}));
    let _router: axum::Router = axum::Router::new().route("/", axum::routing::get(cart)).with_state(app);
}
