//! The key `health` is told something that it does not know, and a time-out that is none.
#![allow(dead_code)]

use di_core::health::{Health, HealthCheck};
use di_core::error::BoxError;
use di_core::{container, interface, service};

#[service(health(extern))]
pub struct Venue;

#[service(health(timeout = "soon"))]
pub struct Journal;

#[interface]
impl HealthCheck for Venue {
    async fn check(&self) -> Result<Health, BoxError> {
        Ok(Health::healthy())
    }
}

#[interface]
impl HealthCheck for Journal {
    async fn check(&self) -> Result<Health, BoxError> {
        Ok(Health::healthy())
    }
}

#[container]
pub struct App {
    venue: Venue,
    journal: Journal,
}

fn main() {}
