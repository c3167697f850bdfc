//! The portfolio: what is owned, what it cost and what came of it.

mod books;
mod lots;
pub mod performance;
mod service;
mod settings;

pub use service::Portfolio;
pub use settings::Settings;
