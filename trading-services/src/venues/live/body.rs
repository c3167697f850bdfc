//! An answer over HTTP.

use http::{HeaderMap, StatusCode};

/// An answer that has come as a whole, whatever its status.
#[derive(Debug)]
pub(super) struct Body {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) text: String,
}
