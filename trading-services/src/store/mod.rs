//! Stores: what outlives a container.

mod memory;

pub use memory::MemoryState;
