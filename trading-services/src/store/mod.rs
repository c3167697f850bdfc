//! Stores: what outlives a container, and what outlives a process.

mod health_history;
mod manager;
mod memory;
mod settings;
#[cfg(feature = "store")]
mod sqlite;

pub use health_history::HealthHistory;
pub use manager::StateManager;
pub use memory::MemoryState;
pub use settings::{Location, Settings};
#[cfg(feature = "store")]
pub use sqlite::{DurableState, Step, StoreAdmin, StoreCheck, StoreError, StoreStatus};
