//! Input files of lines, and whether they were cut.

use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

/// What was read of a file, a row for each line.
#[derive(Debug, Clone, PartialEq)]
pub struct FileRows<T> {
    /// The rows, in their order.
    pub rows: Vec<T>,
    /// Whether the last line has no end: if the file was cut, the numbers of that line were, too.
    pub is_cut: bool,
}

/// A reader that remembers its last byte.
pub(crate) struct Tail<R> {
    inner: R,
    last: LastByte,
}

/// The last byte of what a [`Tail`] has read.
#[derive(Clone)]
pub(crate) struct LastByte(Arc<AtomicU8>);

impl<R> Tail<R> {
    /// The reader, and what it will have read last.
    pub(crate) fn of(inner: R) -> (Self, LastByte) {
        let last = LastByte(Arc::new(AtomicU8::new(b'\n')));
        (Self { inner, last: last.clone() }, last)
    }
}

impl LastByte {
    /// Whether the last line has no end.
    pub(crate) fn is_cut(&self) -> bool {
        self.0.load(Ordering::Relaxed) != b'\n'
    }
}

impl<R: Read> Read for Tail<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.inner.read(buffer)?;
        if let Some(last) = buffer.get(..read).and_then(<[u8]>::last) {
            self.last.0.store(*last, Ordering::Relaxed);
        }
        Ok(read)
    }
}
