//! An attribute of a service field is misspelt.
#![allow(dead_code)]

use di_core::service;

#[service]
pub struct Journal {
    #[injct(default)]
    lines: Vec<String>,
}

fn main() {}
