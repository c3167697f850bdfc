//! A module does not declare that its build is async.
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

#[container]
pub struct Feeds {
    feed: Feed,
}

#[container]
pub struct App {
    #[module]
    feeds: Feeds,
}

fn main() {}
