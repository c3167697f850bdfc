//! A type of the standard library is asked for, and a lazy dependency that may be missing.
#![allow(dead_code)]

use std::sync::{Arc, RwLock};

use di_core::dependency::Lazy;
use di_core::{container, service};

#[service]
pub struct Cache;

#[service]
pub struct Market {
    cache: Arc<RwLock<u32>>,
    later: Option<Lazy<Cache>>,
}

#[container]
pub struct App {
    market: Market,
    cache: Cache,
}

fn main() {}
