//! A module wants to give its group to the container around it.
#![allow(dead_code)]

use di_core::{container, interface, service};

#[interface]
pub trait IVenue {}

#[service(provides = IVenue)]
pub struct Bybit;

impl IVenue for Bybit {}

#[container(provides = di_core::dependency::Many<dyn IVenue>)]
pub struct Venues {
    #[many(dyn IVenue)]
    bybit: Bybit,
}

fn main() {}
