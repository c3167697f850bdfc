//! The async constructor stands in a module, which declares it.
#![allow(dead_code)]

use di_core::{container, service};

pub struct Feed;

#[service]
impl Feed {
    #[constructor]
    pub async fn open() -> Self {
        Self
    }
}

#[container(build = async)]
pub struct Feeds {
    feed: Feed,
}

#[container(build = infallible)]
pub struct App {
    #[module]
    feeds: Feeds,
}

fn main() {}
