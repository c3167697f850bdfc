//! Types that are called like those that threads cannot share, and are others.
#![allow(dead_code)]

use di_core::{container, service};

mod grid {
    #[derive(Default)]
    pub struct Cell<T>(T);

    #[derive(Default)]
    pub struct Rc<T>(T);
}

#[derive(Default)]
pub struct Cell;

#[service]
pub struct Sheet {
    #[inject(default)]
    first: Cell,
    #[inject(default)]
    second: grid::Cell<u8>,
    #[inject(default)]
    third: grid::Rc<u8>,
}

#[container]
pub struct App {
    sheet: Sheet,
}

fn main() {
    let _ = App::build(AppInputs {});
}
