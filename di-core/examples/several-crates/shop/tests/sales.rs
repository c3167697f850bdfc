//! The shop, whole and with another warehouse.

use di_core::prelude::*;
use di_core::{container, service};
use shop::{Shop, ShopInputs};
use shop_ports::{ISales, IStock, OutOfStock};

#[service(provides = IStock)]
struct Nothing;

impl IStock for Nothing {
    fn take(&self, _: &str, _: u32) -> Result<(), OutOfStock> {
        Err(OutOfStock::new(0))
    }
}

#[container(provides = IStock)]
struct EmptyWarehouse {
    nothing: Nothing,
}

#[container(from = Shop, replace(warehouse = EmptyWarehouse))]
struct EmptyShop;

#[test]
fn what_is_sold_is_gone() {
    let shop = Shop::build(ShopInputs {});
    let sales: &dyn ISales = shop.get();
    assert_eq!(sales.sell("pears", 2), Ok(1));
    assert_eq!(sales.sell("pears", 1), Err(OutOfStock::new(0)));
    assert_eq!(sales.sell("apples", 11), Err(OutOfStock::new(10)));
    assert_eq!(sales.sell("apples", 10), Ok(2));
}

#[test]
fn an_empty_warehouse_sells_nothing() {
    let shop = EmptyShop::build(EmptyShopInputs {});
    assert_eq!(shop.get::<dyn ISales>().sell("apples", 1), Err(OutOfStock::new(0)));
}
