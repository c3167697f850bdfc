//! Methods that no object has, each in an interface that is provided, asked for and got.
#![allow(dead_code)]

use std::sync::Arc;

use di_core::{container, interface, service};

#[interface]
pub trait IStore {
    fn keys(&self) -> impl Iterator<Item = u8>;

    fn put(&self, key: impl Into<String>);

    fn equals(&self, other: &Self) -> bool;

    fn found(&self) -> Option<Self>;

    fn shared(self: &Arc<Self>);

    fn name(&self) -> &'static str;
}

#[service(provides = IStore)]
pub struct Store;

impl IStore for Store {
    fn keys(&self) -> impl Iterator<Item = u8> {
        [1].into_iter()
    }

    fn put(&self, _: impl Into<String>) {}

    fn equals(&self, _: &Self) -> bool {
        true
    }

    fn found(&self) -> Option<Self> {
        None
    }

    fn shared(self: &Arc<Self>) {}

    fn name(&self) -> &'static str {
        "store"
    }
}

#[interface]
pub trait ISized
where
    Self: Clone,
{
    fn name(&self) -> &'static str;
}

#[service]
pub struct Market {
    store: Arc<dyn IStore>,
    sized: Option<Arc<dyn ISized>>,
}

#[container]
#[absent(dyn ISized)]
pub struct App {
    store: Store,
    market: Market,
}

fn main() {
    let app = App::build(AppInputs {});
    let store: &dyn IStore = app.get();
    store.name();
}
