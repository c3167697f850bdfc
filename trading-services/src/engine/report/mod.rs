//! Reports of back-tests and of the account: one page, or the same as JSON.

mod jobs;
mod page;
mod pictures;
mod service;

pub use jobs::ReportJobs;
pub use service::ReportingService;
