//! Layers around a venue: its rate limit, and repeated requests.

mod rate_limited;
mod retrying;

pub use rate_limited::RateLimited;
pub use retrying::Retrying;
