//! Whom parsers tell what messages say.

use super::{Message, Refused};
use crate::model::{EventKind, InstrumentId};

/// Takes what messages say, in their order; a closure is one, too.
pub(in crate::venues) trait Sink {
    /// What a message says, or why it says nothing.
    fn put(&mut self, message: Result<Message, Refused>);

    /// The same of an event about an instrument. An event is large, and a sink may spare it a copy or two.
    fn event(&mut self, instrument: InstrumentId, kind: EventKind) {
        self.put(Ok(Message::Event(instrument, kind)));
    }
}

impl<F: FnMut(Result<Message, Refused>)> Sink for F {
    fn put(&mut self, message: Result<Message, Refused>) {
        self(message);
    }
}
