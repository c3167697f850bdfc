//! Hooks that nobody would wait for, and whose errors nobody would see.
#![allow(dead_code)]

use di_core::{container, service};

#[service(post_construct = Self::warm_up)]
pub struct Journal {
    #[inject(default)]
    lines: u32,
}

impl Journal {
    async fn warm_up(&mut self) {
        self.lines = 7;
    }
}

#[service(post_construct = Self::check)]
pub struct Books {
    #[inject(default)]
    depth: u32,
}

impl Books {
    fn check(&mut self) -> Result<(), std::fmt::Error> {
        Err(std::fmt::Error)
    }
}

#[container]
pub struct App {
    journal: Journal,
    books: Books,
}

fn main() {}
