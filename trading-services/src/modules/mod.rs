//! Trading modules: ways of trading that stand alone, and the orchestrator that gives them capital.

mod crypto_trading;
mod orchestrator;
mod position_guard;
mod sessions;
mod settings;
mod submit;

pub use crypto_trading::CryptoTrading;
pub use orchestrator::Orchestrator;
pub use position_guard::PositionGuard;
pub use sessions::Sessions;
pub use settings::Settings;
