//! Sales: a service that asks for the stock, whoever provides it.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use di_core::service;
use shop_ports::{ISales, IStock, OutOfStock};

/// Sales, numbered from 1.
#[service(provides = ISales)]
pub struct Sales {
    stock: Arc<dyn IStock>,
    #[inject(default)]
    sold: AtomicU64,
}

impl ISales for Sales {
    fn sell(&self, article: &str, count: u32) -> Result<u64, OutOfStock> {
        self.stock.take(article, count)?;
        Ok(self.sold.fetch_add(1, Ordering::Relaxed) + 1)
    }
}

impl fmt::Debug for Sales {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sales").field("sold", &self.sold).finish_non_exhaustive()
    }
}
