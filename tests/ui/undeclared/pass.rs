//! Modules declare how they are built, also one in another, and what they declare is what their services need or more.
#![allow(dead_code)]

use std::future::Future;

use di_core::error::BuildError;
use di_core::{container, service};

pub struct Feed;

#[service]
impl Feed {
    #[constructor]
    pub async fn open() -> Self {
        Self
    }
}

#[service]
pub struct Clock;

#[container(build = async)]
pub struct Feeds {
    feed: Feed,
}

#[container(build = async_fallible)]
pub struct Market {
    #[module]
    feeds: Feeds,
    clock: Clock,
}

#[container]
pub struct App {
    #[module]
    market: Market,
}

fn is_async_and_fallible(_: impl Future<Output = Result<App, BuildError>>) {}

fn main() {
    is_async_and_fallible(App::build(AppInputs {}));
}
