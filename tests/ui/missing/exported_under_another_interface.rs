//! The container exports an interface, and its service provides another one of that name: `pub` or not.

use std::sync::Arc;

use di_core::{container, interface, service};

pub mod venue {
    use di_core::interface;

    #[interface]
    pub trait IClock {}
}

#[interface]
pub trait IClock {}

#[service(provides = venue::IClock)]
pub struct VenueClock;
impl venue::IClock for VenueClock {}

#[service(provides = venue::IClock)]
struct HiddenClock;
impl venue::IClock for HiddenClock {}

#[container(provides = [IClock])]
pub struct Named {
    clock: VenueClock,
}

#[container(provides = [IClock])]
pub struct Unnamed {
    clock: HiddenClock,
}

#[container(provides = [venue::IClock])]
pub struct Right {
    clock: HiddenClock,
}

#[service]
pub struct Journal {
    clock: Arc<dyn IClock>,
}

#[container]
pub struct App {
    #[module]
    right: Right,
    journal: Journal,
}

fn main() {}
