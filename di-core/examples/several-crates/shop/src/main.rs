//! An application of several crates: interfaces, two implementations that do not know each other, and a container.
//!
//! `cargo run -p shop`

use std::io::Write;

use di_core::prelude::*;
use shop::{Shop, ShopInputs};
use shop_ports::ISales;

fn main() -> std::io::Result<()> {
    let shop = Shop::build(ShopInputs {});
    let sales: &dyn ISales = shop.get();
    let mut out = std::io::stdout().lock();
    for (article, count) in [("apples", 3), ("pears", 2), ("pears", 1)] {
        match sales.sell(article, count) {
            Ok(number) => writeln!(out, "sale {number}: {count} {article}")?,
            Err(error) => writeln!(out, "no sale of {count} {article}: {error}")?,
        }
    }
    Ok(())
}
