//! No HTTP client: the program was built without the feature `live`.

use std::convert::Infallible;
use std::time::Duration;

use super::body::Body;

/// A client that nobody can make.
#[derive(Debug)]
pub(super) struct Client(Infallible);

impl Client {
    pub(super) fn new(_: Duration) -> Result<Self, String> {
        Err("the program was built without the feature `live`".to_owned())
    }

    pub(super) async fn get(&self, _: &str) -> Result<Body, String> {
        match self.0 {}
    }
}
