//! A key is a text; the field is a member of its group all the same, so that nothing else is wrong.
#![allow(dead_code)]

use di_core::dependency::Many;
use di_core::{container, interface, service};

#[interface]
pub trait IVenue {}

#[service(provides = IVenue)]
pub struct Bybit;

impl IVenue for Bybit {}

#[service]
pub struct Router {
    venues: Many<dyn IVenue>,
}

#[container]
pub struct App {
    #[many(dyn IVenue, key = 7)]
    bybit: Bybit,
    router: Router,
}

fn main() {}
