//! Keys that are constants: only the compiler knows that they are one.
#![allow(dead_code)]

use di_core::dependency::Many;
use di_core::{container, interface, service};

const KRAKEN: &str = "kraken";

#[interface]
pub trait IVenue {}

#[service(provides = IVenue)]
pub struct Bybit;

impl IVenue for Bybit {}

#[service(provides = IVenue)]
pub struct Kraken;

impl IVenue for Kraken {}

#[service(provides = IVenue)]
pub struct Okx;

impl IVenue for Okx {}

#[service]
pub struct Router {
    venues: Many<dyn IVenue>,
}

#[container]
pub struct App {
    #[many(dyn IVenue, key = KRAKEN)]
    kraken: Kraken,
    #[many(dyn IVenue, key = concat!("by", "bit"))]
    bybit: Bybit,
    #[many(dyn IVenue, key = "kraken")]
    okx: Okx,
    router: Router,
}

fn main() {}
