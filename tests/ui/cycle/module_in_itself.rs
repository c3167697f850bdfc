//! A module lists itself.
#![allow(dead_code)]

use di_core::{container, service};

#[service]
pub struct Journal;

#[container]
pub struct Desk {
    journal: Journal,
    #[module]
    desk: Desk,
}

fn main() {}
