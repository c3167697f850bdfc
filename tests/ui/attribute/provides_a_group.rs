//! A module wants to give its group to the container around it.
#![allow(dead_code)]

use di_core::{Many, container, interface, service};

#[interface]
pub trait IVenue {}

#[service(provides = IVenue)]
pub struct Bybit;

impl IVenue for Bybit {}

#[container(provides = Many<dyn IVenue>)]
pub struct Venues {
    #[many(dyn IVenue)]
    bybit: Bybit,
}

fn main() {}
