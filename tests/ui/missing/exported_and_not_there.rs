//! The container exports interfaces that nothing in it provides.

use di_core::{container, interface, service};

#[interface]
pub trait IClock {}

#[interface]
pub trait IJournal {}

#[service(provides = IClock)]
pub struct Clock;
impl IClock for Clock {}

#[container(provides = [
    IClock,
    IJournal,
])]
pub struct App {
    clock: Clock,
}

fn main() {}
