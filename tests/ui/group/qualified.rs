//! A group is asked for under a qualifier, by a service and by a scope.
#![allow(dead_code)]

use di_core::dependency::Many;
use di_core::{container, interface, service};

#[interface]
pub trait IVenue {}

#[service(provides = IVenue)]
pub struct Bybit;

impl IVenue for Bybit {}

pub struct Live;

#[service]
pub struct Router {
    #[inject(qualified = Live)]
    venues: Many<dyn IVenue>,
}

#[container]
pub struct Session {
    #[inherit]
    #[qualified(Live)]
    venues: Many<dyn IVenue>,
}

#[container]
pub struct App {
    #[many(dyn IVenue)]
    bybit: Bybit,
    router: Router,
    #[scope]
    session: Session,
}

fn main() {}
