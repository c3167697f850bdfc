//! A provider that is asked for under another name is listed before its consumer.
#![allow(dead_code)]

use std::sync::Arc;

use di_core::{container, interface, service};

use IClock as Time;
use IVenue as Exchange;

#[interface]
pub trait IClock {}

#[service(provides = IClock)]
pub struct SystemClock;

impl IClock for SystemClock {}

#[interface]
pub trait IVenue {}

#[service(provides = IVenue)]
pub struct Bybit {
    clock: Arc<dyn Time>,
}

impl IVenue for Bybit {}

#[interface]
pub trait IMarket {}

#[service(provides = IMarket)]
pub struct Market {
    venue: Arc<dyn Exchange>,
}

impl IMarket for Market {}

#[container]
pub struct App {
    clock: SystemClock,
    bybit: Bybit,
    market: Market,
}

fn main() {
    let app = App::build(AppInputs {});
    assert!(Arc::ptr_eq(&app.market.venue, &app.shared::<dyn IVenue>()));
}
