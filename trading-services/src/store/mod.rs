//! Stores: what outlives a container, and what outlives a process.

#[cfg(feature = "store")]
mod error;
mod health_history;
mod manager;
mod memory;
#[cfg(feature = "store")]
mod migrations;
#[cfg(feature = "store")]
mod names;
#[cfg(feature = "postgres")]
mod postgres;
mod preferences;
mod settings;
#[cfg(feature = "store")]
mod sqlite;

#[cfg(feature = "store")]
pub use error::StoreError;
pub use health_history::HealthHistory;
pub use manager::StateManager;
pub use memory::MemoryState;
#[cfg(feature = "store")]
pub use migrations::Step;
#[cfg(feature = "postgres")]
pub use postgres::PostgresStore;
pub use preferences::Preferences;
pub use settings::{Location, Settings};
#[cfg(feature = "store")]
pub use sqlite::{DurableState, StoreAdmin, StoreCheck, StoreStatus};
