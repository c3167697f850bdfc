//! Constructors return what is neither the service nor a `Result` of it, as the compiler tells.
#![allow(dead_code)]

use di_core::{container, service};

pub struct Journal;

#[service]
impl Journal {
    #[constructor]
    pub fn new() -> Option<Self> {
        Some(Self)
    }
}

pub struct Feed;

#[service]
impl Feed {
    #[constructor]
    pub async fn connect() -> Option<Self> {
        Some(Self)
    }
}

pub struct Books;

type Made = Books;

#[service]
impl Books {
    #[constructor]
    pub fn new() -> Made {
        Self
    }
}

#[container]
pub struct App {
    journal: Journal,
    feed: Feed,
    books: Books,
}

fn main() {
    drop(App::build(AppInputs {}));
}
