//! A container that is declared to be infallible has a constructor that can fail.
#![allow(dead_code)]

use di_core::{container, service};

pub struct Settings;

#[service]
impl Settings {
    #[constructor]
    pub fn read() -> Result<Self, std::io::Error> {
        Ok(Self)
    }
}

#[container(build = infallible)]
pub struct App {
    settings: Settings,
}

fn main() {}
