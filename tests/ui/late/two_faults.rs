//! Two services are built before what the types find for them.
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

use IMarket as Prices;

#[interface]
pub trait IReport {}

#[service(provides = IReport)]
pub struct Report {
    prices: Arc<dyn Prices>,
}

impl IReport for Report {}

#[container]
pub struct App {
    report: Report,
    market: Market,
    bybit: Bybit,
    clock: SystemClock,
}

fn main() {}
