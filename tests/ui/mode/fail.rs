//! A container that is declared to be built at once has an async constructor.
#![allow(dead_code)]

use std::sync::Arc;

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
pub struct Desk {
    feed: Arc<Feed>,
}

#[container(build = infallible)]
pub struct App {
    desk: Desk,
    feed: Feed,
}

fn main() {}
