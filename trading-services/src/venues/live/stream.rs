//! The events of live connections, in the order in which their messages are read.

use std::borrow::Cow;
use std::collections::{BTreeSet, VecDeque};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use futures::Stream;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::session::Line;
use crate::model::{InstrumentId, MarketEvent, Symbol, Timestamp};
use crate::ports::ExchangeError;
use crate::venues::MessageReader;
use crate::venues::recording::Recorder;

/// The events of a venue's connections. What is read here is what the platform sees: a recording is written here, too, so
/// that it has everything in the same order.
#[derive(Debug)]
pub struct LiveStream {
    pub(super) lines: mpsc::Receiver<Line>,
    pub(super) reader: MessageReader,
    pub(super) recorder: Option<Recorder>,
    /// The symbols that were subscribed to, where the venue tells of others, too.
    pub(super) only: Option<BTreeSet<Symbol>>,
    pub(super) ready: VecDeque<MarketEvent>,
    /// Messages of two connections meet here: time does not go back.
    pub(super) last: Timestamp,
    /// The connections; they end with the stream.
    pub(super) _connections: Arc<JoinSet<()>>,
}

impl Stream for LiveStream {
    type Item = Result<MarketEvent, ExchangeError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        loop {
            if let Some(event) = this.ready.pop_front() {
                return Poll::Ready(Some(Ok(event)));
            }
            let Some(Line { received, text }) = ready!(this.lines.poll_recv(context)) else {
                return Poll::Ready(None);
            };
            this.last = this.last.max(received);
            let mut text = Cow::Borrowed(text.as_str());
            if let Some(recorder) = &mut this.recorder {
                // A line end within it would end the line of the recording; what is read is what is recorded.
                if text.contains(['\n', '\r']) {
                    text = text.replace(['\n', '\r'], " ").into();
                }
                if let Err(error) = recorder.write(this.last, &text) {
                    return Poll::Ready(Some(Err(ExchangeError::Source(error.into()))));
                }
            }
            let venue = this.reader.venue();
            let Self { reader, ready, last, only, .. } = this;
            let is_wanted = |instrument: &InstrumentId| {
                instrument.is_whole() || only.as_ref().is_none_or(|only| only.contains(&instrument.symbol))
            };
            reader.read(*last, &text, format_args!("{venue}"), |event| {
                if is_wanted(&event.instrument) {
                    ready.push_back(event);
                }
            });
        }
    }

    /// At least what the message that was read last still says.
    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.ready.len(), None)
    }
}
