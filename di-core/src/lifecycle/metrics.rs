//! Metrics of the lifecycle, for whatever recorder the program installs: the names are in the docs of the module.

#[cfg(feature = "health")]
use std::time::Duration;

use metrics::{counter, histogram};

use super::failure::{ServiceFailure, Step};
use super::report::{StartReport, StartResult, StopReport, StopResult};

pub(super) fn starts(container: &'static str, report: &StartReport) {
    for start in report.services() {
        let result = match start.result {
            StartResult::Started => "started",
            StartResult::Failed => "failed",
            StartResult::Cancelled => "cancelled",
            StartResult::NotBegun => "not_begun",
        };
        let service = start.service;
        counter!("di_service_starts_total", "container" => container, "service" => service, "result" => result)
            .increment(1);
        if start.result == StartResult::Started {
            histogram!("di_service_start_duration_seconds", "container" => container, "service" => service)
                .record(start.start);
        }
    }
}

pub(super) fn stops(container: &'static str, report: &StopReport) {
    for stop in report.services() {
        let result = match stop.result {
            StopResult::Stopped => "stopped",
            StopResult::Failed => "failed",
            StopResult::Abandoned => "abandoned",
        };
        let service = stop.service;
        counter!("di_service_stops_total", "container" => container, "service" => service, "result" => result)
            .increment(1);
        histogram!("di_service_stop_duration_seconds", "container" => container, "service" => service)
            .record(stop.stop);
    }
}

pub(super) fn failure(container: &'static str, failure: &ServiceFailure) {
    let step = match failure.step() {
        Step::Start => "start",
        Step::OnAbort => "on_abort",
        Step::Stop => "stop",
        Step::Task(_) => "task",
    };
    let service = failure.service();
    counter!("di_service_failures_total", "container" => container, "service" => service, "step" => step).increment(1);
}

pub(super) fn restart(container: &'static str, service: &'static str, task: &str) {
    let task = task.to_owned();
    counter!("di_task_restarts_total", "container" => container, "service" => service, "task" => task).increment(1);
}

#[cfg(feature = "health")]
pub(crate) fn health(
    container: &'static str,
    service: &'static str,
    from: super::status::HealthStatus,
    to: super::status::HealthStatus,
) {
    for (status, value) in [(from, 0.0), (to, 1.0)] {
        let status = status.name();
        metrics::gauge!("di_service_health", "container" => container, "service" => service, "status" => status)
            .set(value);
    }
}

#[cfg(feature = "health")]
pub(crate) fn check(
    container: &'static str,
    service: &'static str,
    found: super::status::HealthStatus,
    took: Duration,
) {
    let status = found.name();
    counter!("di_health_checks_total", "container" => container, "service" => service, "status" => status).increment(1);
    histogram!("di_health_check_duration_seconds", "container" => container, "service" => service).record(took);
}
