//! A constructor and a provider function are unsafe.
#![allow(dead_code)]

use di_core::{container, service};

pub struct Device;

#[service]
impl Device {
    #[constructor]
    unsafe fn open() -> Self {
        Self
    }
}

pub struct Mapping;

#[service]
unsafe fn mapping() -> Mapping {
    Mapping
}

#[container]
pub struct App {
    device: Device,
    #[provide(mapping)]
    mapping: Mapping,
}

fn main() {}
