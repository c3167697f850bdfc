//! Metrics in the text format of Prometheus.

use std::sync::OnceLock;

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

use crate::api::MetricsError;
use crate::ports::IMetricsService;

/// The one recorder of the process, as the facade has it: shared by all platforms in it.
static RECORDER: OnceLock<Result<PrometheusHandle, MetricsError>> = OnceLock::new();

/// Records what is counted through the facade `metrics`, by whomever in this process.
///
/// ```
/// use trading_services::api::PrometheusMetrics;
/// use trading_services::ports::IMetricsService;
///
/// let kept = PrometheusMetrics::new()?;
/// metrics::counter!("orders_total", "side" => "buy").increment(2);
/// assert!(kept.snapshot().contains("orders_total{side=\"buy\"} 2"));
/// # Ok::<(), trading_services::api::MetricsError>(())
/// ```
pub struct PrometheusMetrics(PrometheusHandle);

#[di_core::service(provides = IMetricsService)]
impl PrometheusMetrics {
    /// From now on nothing that is counted is lost.
    ///
    /// # Errors
    /// [`MetricsError::AnotherRecorder`].
    #[constructor]
    pub fn new() -> Result<Self, MetricsError> {
        let recorder = RECORDER.get_or_init(|| {
            let recorder = PrometheusBuilder::new().build_recorder();
            let handle = recorder.handle();
            metrics::set_global_recorder(recorder).map_err(|_taken| MetricsError::AnotherRecorder)?;
            Ok(handle)
        });
        recorder.clone().map(Self)
    }
}

impl IMetricsService for PrometheusMetrics {
    fn snapshot(&self) -> String {
        self.0.run_upkeep();
        self.0.render()
    }
}

impl std::fmt::Debug for PrometheusMetrics {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PrometheusMetrics").finish_non_exhaustive()
    }
}
