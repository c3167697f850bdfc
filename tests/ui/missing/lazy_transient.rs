//! A transient is asked for later, when there is no instance of it.
use di_core::dependency::Lazy;
use di_core::{container, service};

#[service]
pub struct Ticket;

#[service]
pub struct Desk {
    _ticket: Lazy<Ticket>,
}

#[container]
pub struct App {
    #[transient]
    ticket: Ticket,
    desk: Desk,
}

fn main() {}
