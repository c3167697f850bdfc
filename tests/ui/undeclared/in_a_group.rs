//! A module is a member of a group, and does not declare that its build is async.
#![allow(dead_code)]

use di_core::dependency::Many;
use di_core::{container, interface, service};

#[interface]
pub trait IChannel {}

pub struct Mail;

#[service(provides = IChannel)]
impl Mail {
    #[constructor]
    pub async fn connect() -> Self {
        Self
    }
}

impl IChannel for Mail {}

#[service]
pub struct Alerts {
    channels: Many<dyn IChannel>,
}

#[container]
pub struct Remote {
    #[many(dyn IChannel, key = "mail")]
    mail: Mail,
}

#[container]
pub struct App {
    alerts: Alerts,
    #[module]
    #[many(dyn IChannel)]
    remote: Remote,
}

fn main() {}
