//! A field has a type that is no service.
#![allow(dead_code)]

use di_core::container;

pub struct Settings;

#[container]
pub struct App {
    settings: Settings,
}

fn main() {}
