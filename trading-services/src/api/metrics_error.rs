//! Errors of recording metrics.

/// Why nothing can be counted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MetricsError {
    /// The facade `metrics` has one recorder per process, and somebody else has set one.
    #[error("expected to be the first that records metrics in this process: another recorder is set already")]
    AnotherRecorder,
}
