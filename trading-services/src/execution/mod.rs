//! Execution: the states of an order, and a venue on paper.

mod machine;
mod paper;
mod service;
mod settings;

pub use machine::{EventOutcome, OrderMachine};
pub use service::PaperExecutor;
pub use settings::Settings;
