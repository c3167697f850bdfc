//! A transient is asked for by reference.
#![allow(dead_code)]

use di_core::{container, service};

#[service]
pub struct Ticket;

#[container]
pub struct App {
    #[transient]
    ticket: Ticket,
}

fn main() {
    let app = App::build(AppInputs {});
    let _ticket: &Ticket = app.get();
}
