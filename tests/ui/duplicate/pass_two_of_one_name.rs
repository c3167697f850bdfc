//! Two interfaces of one name: one of them is provided by its path.
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

    #[service(provides = crate::wall::IClock)]
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

fn main() {
    let app = App::build(AppInputs {});
    let _: (&dyn system::IClock, &dyn wall::IClock) = (app.get(), app.get());
}
