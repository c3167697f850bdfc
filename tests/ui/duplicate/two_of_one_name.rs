//! Two interfaces of one name stand in one file, and their services are listed without their modules: nothing tells the
//! text that they are two, and the message says how to.
#![allow(dead_code)]

use di_core::container;

mod system {
    use di_core::{interface, service};

    #[interface]
    pub trait IClock {}

    #[service(provides = IClock)]
    pub struct SystemClock;

    impl IClock for SystemClock {}
}

mod wall {
    use di_core::{interface, service};

    #[interface]
    pub trait IClock {}

    #[service(provides = IClock)]
    pub struct WallClock;

    impl IClock for WallClock {}
}

use system::SystemClock;
use wall::WallClock;

#[container]
pub struct App {
    system: SystemClock,
    wall: WallClock,
}

fn main() {}
