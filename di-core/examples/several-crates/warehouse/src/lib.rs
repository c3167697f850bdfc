//! The warehouse: a module that exports the stock, and keeps its shelves to itself.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use di_core::{container, service};
use shop_ports::{IStock, OutOfStock};

/// The goods on the shelves, by article. No other crate can ask for them.
struct Shelves {
    goods: Mutex<BTreeMap<String, u32>>,
}

#[service]
impl Shelves {
    #[constructor]
    fn full() -> Self {
        let goods = [("apples", 10), ("pears", 2)].map(|(article, count)| (article.to_owned(), count));
        Self { goods: Mutex::new(BTreeMap::from(goods)) }
    }
}

/// The stock on the shelves.
#[service(provides = IStock)]
struct Stock {
    shelves: Arc<Shelves>,
}

impl IStock for Stock {
    fn take(&self, article: &str, count: u32) -> Result<(), OutOfStock> {
        let mut goods = self.shelves.goods.lock().unwrap_or_else(PoisonError::into_inner);
        let left = goods.get(article).copied().unwrap_or(0);
        let rest = left.checked_sub(count).ok_or(OutOfStock::new(left))?;
        goods.insert(article.to_owned(), rest);
        Ok(())
    }
}

/// The warehouse.
#[container(provides = IStock)]
pub struct Warehouse {
    shelves: Shelves,
    stock: Stock,
}
