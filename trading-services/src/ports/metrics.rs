//! The interface of metrics.

/// Keeps what services count through the facade `metrics`.
///
/// To count something, a service needs nothing but the facade: `metrics::counter!("orders_total").increment(1)`.
#[di_core::interface]
pub trait IMetricsService {
    /// All counters, gauges and histograms in the text format of Prometheus.
    fn snapshot(&self) -> String;
}
