//! A field is not a service, and its type is what another field asks for: the consumer is not to blame.
use std::sync::{Arc, Mutex};

use di_core::{container, service};

#[service]
pub struct Journal {
    _lines: Arc<Mutex<Vec<u8>>>,
}

#[container]
pub struct App {
    lines: Mutex<Vec<u8>>,
    journal: Journal,
}

fn main() {}
