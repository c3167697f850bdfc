//! Two services answer one interface, and the second one another, too: that still answers.
#![allow(dead_code)]

use std::sync::Arc;

use di_core::{container, interface, service};

#[interface]
pub trait IClock {}

#[interface]
pub trait ILog {}

#[service(provides = IClock)]
pub struct SystemClock;

impl IClock for SystemClock {}

#[service(provides = [IClock, ILog])]
pub struct LoggingClock;

impl IClock for LoggingClock {}
impl ILog for LoggingClock {}

#[service]
pub struct Journal {
    clock: Arc<dyn IClock>,
    log: Arc<dyn ILog>,
}

#[container]
pub struct App {
    clock: SystemClock,
    logging: LoggingClock,
    journal: Journal,
}

fn main() {
    let app = App::build(AppInputs {});
    let _log: &dyn ILog = app.get();
    let _log: Arc<dyn ILog> = app.shared();
}
