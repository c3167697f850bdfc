//! Reports of back-tests: one page, or the same as JSON.

mod months;
mod page;
mod pictures;
mod service;

pub use service::ReportingService;
