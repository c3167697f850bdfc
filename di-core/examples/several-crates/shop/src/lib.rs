//! The container of a shop: the only crate that names implementations.

use di_core::container;

/// All that exists.
///
/// The types are written with their crates, so that an override in `tests/` needs none of them in scope.
#[container]
pub struct Shop {
    sales: shop_sales::Sales,
    #[module]
    warehouse: shop_warehouse::Warehouse,
}
