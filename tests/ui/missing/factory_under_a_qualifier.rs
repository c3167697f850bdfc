//! Factories are asked for under a qualifier: of a transient and of a scope that have none.
#![allow(dead_code)]

use di_core::dependency::Factory;
use di_core::{container, service};

pub struct Live;

#[service]
pub struct Ticket;

#[container]
pub struct Session {}

#[service]
pub struct Desk {
    #[inject(qualified = Live)]
    tickets: Factory<Ticket>,
    #[inject(qualified = Live)]
    sessions: Factory<Session>,
}

#[container]
pub struct App {
    #[transient]
    ticket: Ticket,
    #[scope]
    session: Session,
    desk: Desk,
}

fn main() {}
