//! The product of a factory is not declared.
#![allow(dead_code)]

use di_core::dependency::Factory;
use di_core::{container, service};

#[service]
pub struct Ticket {
    #[arg]
    quantity: u32,
}

#[service]
pub struct Desk {
    tickets: Factory<Ticket, (u32,)>,
}

#[container]
pub struct App {
    desk: Desk,
}

fn main() {}
