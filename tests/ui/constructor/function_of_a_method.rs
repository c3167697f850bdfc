//! A method is annotated as a provider function.
#![allow(dead_code)]

use di_core::service;

pub struct Pool;

pub struct Settings;

impl Settings {
    #[service]
    fn pool(&self) -> Pool {
        Pool
    }
}

fn main() {}
