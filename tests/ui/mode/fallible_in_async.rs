//! A container that is declared to be async has a constructor and a module that can fail.
#![allow(dead_code)]

use di_core::{container, service};

pub struct Feed;

#[service]
impl Feed {
    #[constructor]
    pub async fn open() -> Result<Self, std::io::Error> {
        Ok(Self)
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

#[container(build = fallible)]
pub struct Configuration {
    settings: Settings,
}

#[container(build = async)]
pub struct App {
    feed: Feed,
    #[module]
    configuration: Configuration,
}

fn main() {}
