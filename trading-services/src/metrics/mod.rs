//! What is counted, for machines that draw curves of it.

mod error;
mod prometheus;

pub use error::MetricsError;
pub use prometheus::PrometheusMetrics;
