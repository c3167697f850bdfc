//! A factory is asked for with other arguments than the service takes.
use di_core::dependency::Factory;
use di_core::{container, service};

#[service]
pub struct Ticket {
    #[arg]
    _quantity: u32,
}

#[service]
pub struct Desk {
    _tickets: Factory<Ticket, (u64,)>,
}

#[container]
pub struct App {
    #[transient]
    ticket: Ticket,
    desk: Desk,
}

fn main() {}
