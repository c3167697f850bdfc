//! Transients that only a factory can make are asked for as instances: by a service, as an interface, and by a scope.
#![allow(dead_code)]

use std::sync::Arc;

use di_core::{container, interface, service};

#[interface]
pub trait IOrder {}

#[service]
pub struct Ticket {
    #[arg]
    quantity: u32,
}

pub struct Connection;

#[service]
impl Connection {
    #[constructor]
    fn open() -> Result<Self, String> {
        Ok(Self)
    }
}

#[service(provides = IOrder)]
pub struct Order {
    #[arg]
    quantity: u32,
}

impl IOrder for Order {}

#[service]
pub struct Desk {
    ticket: Arc<Ticket>,
    order: Option<Arc<dyn IOrder>>,
}

#[container]
pub struct Request {
    #[inherit]
    connection: Arc<Connection>,
}

#[container]
pub struct App {
    #[transient]
    ticket: Ticket,
    #[transient]
    order: Order,
    #[transient]
    connection: Connection,
    desk: Desk,
    #[scope]
    request: Request,
}

fn main() {}
