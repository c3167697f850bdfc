//! A service asks for its own key, and has none.
#![allow(dead_code)]

use di_core::{container, service};

#[service]
pub struct Named {
    #[inject(key)]
    key: &'static str,
}

#[container]
pub struct App {
    named: Named,
}

fn main() {}
