//! The caller supplies it.
#![allow(dead_code)]

use di_core::container;

pub struct Settings;

#[container]
pub struct App {
    #[input]
    settings: Settings,
}

fn main() {}
