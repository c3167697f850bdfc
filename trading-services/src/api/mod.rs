//! Answers over HTTP: the page and its API, liveness, readiness, health, the bus, metrics.

mod acts;
mod along;
mod dashboard;
mod event_tail;
mod events;
mod guard;
mod health;
mod http_error;
mod instruments;
mod live;
mod metrics_error;
mod page;
mod patience;
mod problem;
mod prometheus;
mod routes;
mod server;
mod session;
mod settings;
mod sources;
mod starts;
mod v1;
mod views;

pub use acts::Acts;
pub use dashboard::Dashboard;
pub use event_tail::EventTail;
pub use http_error::HttpError;
pub use live::LiveFeed;
pub use metrics_error::MetricsError;
pub use prometheus::PrometheusMetrics;
pub use server::HttpServer;
pub use settings::Settings;
pub use sources::ApiSources;
