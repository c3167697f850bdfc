//! Two fields have types that are no services.
#![allow(dead_code)]

use di_core::container;

pub struct Settings;

#[container]
pub struct App {
    settings: Settings,
    names: Vec<String>,
}

fn main() {}
