//! Trading modules: ways of trading that stand alone, and the orchestrator that gives them capital.

mod crypto;
mod guard;
mod orchestrator;
mod settings;
mod submit;

pub use crypto::CryptoModule;
pub use guard::GuardModule;
pub use orchestrator::Orchestrator;
pub use settings::Settings;
