//! A scope that opens itself, and two that open each other.
#![allow(dead_code)]

use di_core::{container, service};

#[service]
pub struct Journal;

#[container]
pub struct Session {
    journal: Journal,
    #[scope]
    child: Session,
}

#[container]
pub struct Desk {
    journal: Journal,
    #[scope]
    order: Order,
}

#[container]
pub struct Order {
    journal: Journal,
    #[scope]
    desk: Desk,
}

fn main() {}
