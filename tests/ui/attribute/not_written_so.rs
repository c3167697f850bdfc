//! Keys that exist, with something else behind them than they take.

use di_core::{container, service};

#[service(provides)]
pub struct NoValue;

#[service(provides = , close)]
pub struct NothingBehind;

#[service("close")]
pub struct NoKey;

#[service(provides = IClock close)]
pub struct NoComma;

#[container(max_coupling = "20")]
pub struct Text {}

#[container(build)]
pub struct NoMode {}

#[container]
pub enum NoStruct {
    Some,
}

fn main() {}
