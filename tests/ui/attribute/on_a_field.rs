//! An attribute of a container field is misspelt.
#![allow(dead_code)]

use di_core::{container, service};

#[service]
pub struct Ticket;

#[container]
pub struct App {
    #[transent]
    ticket: Ticket,
}

fn main() {}
