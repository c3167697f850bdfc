//! Two constructors are async.
#![allow(dead_code)]

use std::sync::Arc;

use di_core::{container, service};

pub struct Feed;

#[service]
impl Feed {
    #[constructor]
    pub async fn open() -> Self {
        Self
    }
}

pub struct Book;

#[service]
impl Book {
    #[constructor]
    pub async fn open() -> Self {
        Self
    }
}

#[service]
pub struct Desk {
    feed: Arc<Feed>,
}

#[container(build = fallible)]
pub struct App {
    desk: Desk,
    feed: Feed,
    book: Book,
}

fn main() {}
