//! `#[automock]` stands above `#[interface]`, and copies it to what it makes of the trait.
#![allow(dead_code)]

use di_core::interface;

#[mockall::automock]
#[interface]
pub trait IForecast {
    fn tomorrow(&self, place: &str) -> Option<i32>;
}

#[mockall::automock]
#[interface]
pub trait IRadar {
    async fn scan(&self) -> u8;
}

fn main() {}
