//! A service is known where its interface is not.

use di_core::{interface, service};

#[interface]
trait IClock {}

#[service(provides = IClock)]
pub struct SystemClock;

impl IClock for SystemClock {}

fn main() {}
