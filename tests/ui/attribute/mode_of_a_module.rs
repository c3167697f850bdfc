//! A module misspells how it is built: who lists it is told nothing.
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

#[container(build = asink)]
pub struct Feeds {
    feed: Feed,
}

#[container]
pub struct App {
    #[module]
    feeds: Feeds,
}

fn main() {}
