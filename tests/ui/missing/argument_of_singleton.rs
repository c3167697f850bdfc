//! Nobody gives a singleton its arguments.
#![allow(dead_code)]

use di_core::{container, service};

#[service]
pub struct Ticket {
    #[arg]
    quantity: u32,
}

#[container]
pub struct App {
    ticket: Ticket,
}

fn main() {}
