//! Services that threads cannot share, told at the field.
#![allow(dead_code)]

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use di_core::{container, service};

#[service]
pub struct Cache {
    #[inject(default)]
    entries: RefCell<Vec<u8>>,
    #[inject(default)]
    hits: Cell<u64>,
}

impl Cache {
    pub fn add(&self, entry: u8) {
        self.entries.borrow_mut().push(entry);
    }
}

#[service]
pub struct Names {
    #[inject(default)]
    first: std::cell::OnceCell<String>,
    #[inject(default)]
    all: Rc<Vec<String>>,
}

#[container]
pub struct App {
    cache: Cache,
    names: Names,
}

fn main() {
    let _ = App::build(AppInputs {});
}
