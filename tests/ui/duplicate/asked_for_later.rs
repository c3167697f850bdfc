//! Two providers of one interface are one fault, also where the types do not decide who answers.

use di_core::dependency::Lazy;
use di_core::{container, interface, service};

#[interface]
trait IClock {}

#[service(provides = IClock)]
struct SystemClock;

impl IClock for SystemClock {}

#[service(provides = IClock)]
struct FakeClock;

impl IClock for FakeClock {}

#[service]
struct Market {
    clock: Lazy<dyn IClock>,
}

#[container]
struct App {
    clock: SystemClock,
    fake: FakeClock,
    market: Market,
}

fn main() {}
