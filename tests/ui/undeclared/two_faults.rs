//! One module does not declare that its build can fail, and another that it is async.
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

pub struct Settings;

#[service]
impl Settings {
    #[constructor]
    pub fn read() -> Result<Self, std::io::Error> {
        Ok(Self)
    }
}

#[container]
pub struct Feeds {
    feed: Feed,
}

#[container]
pub struct Configuration {
    settings: Settings,
}

#[container]
pub struct App {
    #[module]
    feeds: Feeds,
    #[module]
    configuration: Configuration,
}

fn main() {}
