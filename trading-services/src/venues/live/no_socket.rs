//! No WebSocket: the program was built without the feature `live`.

use super::{LiveError, Protocol, Settings};

/// A message.
pub(super) type Text = Box<str>;

/// A connection that nobody can make.
#[derive(Debug)]
pub(super) struct Socket;

impl Socket {
    pub(super) async fn open<P: Protocol>(path: &str, settings: &Settings) -> Result<Self, LiveError> {
        let address = &P::endpoints(settings).stream;
        Err(LiveError::Connect(format!("{address}{path}: the program was built without the feature `live`")))
    }

    pub(super) async fn send(&mut self, _: &str) -> Result<(), LiveError> {
        Err(LiveError::Closed)
    }

    pub(super) async fn next(&mut self) -> Result<Option<Text>, LiveError> {
        Err(LiveError::Closed)
    }

    pub(super) async fn close(self) {}
}
