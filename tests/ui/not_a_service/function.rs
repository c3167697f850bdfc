//! The function that provides a field is not annotated.
#![allow(dead_code)]

use std::sync::Arc;

use di_core::{container, service};

pub struct Pool;

fn pool() -> Pool {
    Pool
}

#[service]
pub struct Accounts {
    pool: Arc<Pool>,
}

#[container]
pub struct App {
    #[input]
    name: String,
    #[provide(pool)]
    pool: Pool,
    accounts: Accounts,
}

fn main() {
    let app = App::build(AppInputs { name: "app".into() });
    let _pool: &Pool = app.get();
}
