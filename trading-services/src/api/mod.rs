//! Answers over HTTP: liveness, readiness, health, the bus, metrics.

mod events;
mod http_error;
mod metrics_error;
mod patience;
mod prometheus;
mod routes;
mod server;
mod settings;

pub use http_error::HttpError;
pub use metrics_error::MetricsError;
pub use prometheus::PrometheusMetrics;
pub use server::HttpServer;
pub use settings::Settings;
