//! The events of a recording as a stream: a thread reads the lines, the task that asks decodes them.

use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures::Stream;
use tokio::sync::mpsc;

use super::reader::Decoder;
use super::{LineReader, RecordingError};
use crate::model::{MarketEvent, Symbol, VenueId};
use crate::ports::ExchangeError;

/// Lines are handed over in blocks of about so many bytes.
const BLOCK: usize = 1 << 16;
/// So many blocks are read ahead.
const AHEAD: usize = 4;

/// Lines of a recording, one after the other in one text.
#[derive(Debug, Default)]
struct Block {
    text: String,
    ends: Vec<usize>,
    /// The number of the first line, from 1.
    first: u64,
}

impl Block {
    /// No lines yet; there is room for a block and the line that fills it.
    fn from(first: u64) -> Self {
        Self { text: String::with_capacity(BLOCK + BLOCK / 4), ends: Vec::with_capacity(BLOCK / 128), first }
    }
}

/// The events of a recording.
#[derive(Debug)]
pub struct ReplayStream {
    blocks: mpsc::Receiver<Result<Block, RecordingError>>,
    block: Block,
    /// How many lines of the block were decoded.
    done: usize,
    decoder: Decoder,
    symbols: Vec<Symbol>,
    /// How many events were left out, because they are of other symbols.
    left_out: u64,
    is_over: bool,
}

impl ReplayStream {
    /// Begins to read, what is `opened` already if there is something; `symbols` are the ones to be returned, all when there are none.
    pub(super) fn open(path: PathBuf, opened: Option<LineReader>, venue: Option<VenueId>, symbols: &[Symbol]) -> Self {
        let only = if let [symbol] = symbols { Some(symbol.clone()) } else { None };
        let decoder = Decoder::new(&path, venue, only);
        let (sender, blocks) = mpsc::channel(AHEAD);
        // A file may be far away, or a pipe that nobody writes to: a thread of its own waits for it.
        tokio::task::spawn_blocking(move || read(&path, opened, &sender));
        Self {
            blocks,
            block: Block::default(),
            done: 0,
            decoder,
            symbols: symbols.to_vec(),
            left_out: 0,
            is_over: false,
        }
    }

    fn decode_line(&mut self) -> Option<Result<(), RecordingError>> {
        let end = *self.block.ends.get(self.done)?;
        let start = self.done.checked_sub(1).and_then(|before| self.block.ends.get(before)).copied().unwrap_or(0);
        let number = self.block.first + self.done as u64;
        self.done += 1;
        let line = self.block.text.get(start..end).unwrap_or_default();
        Some(self.decoder.push(number, line))
    }

    fn is_wanted(&self, event: &MarketEvent) -> bool {
        self.symbols.is_empty() || event.instrument.is_whole() || self.symbols.contains(&event.instrument.symbol)
    }

    fn fail(&mut self, error: RecordingError) -> Poll<Option<Result<MarketEvent, ExchangeError>>> {
        self.is_over = true;
        Poll::Ready(Some(Err(error.into())))
    }
}

impl Stream for ReplayStream {
    type Item = Result<MarketEvent, ExchangeError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        loop {
            while let Some(event) = this.decoder.pop() {
                if this.is_wanted(&event) {
                    return Poll::Ready(Some(Ok(event)));
                }
                this.left_out += 1;
            }
            if this.is_over {
                return Poll::Ready(None);
            }
            match this.decode_line() {
                Some(Ok(())) => {}
                Some(Err(error)) => return this.fail(error),
                None => match ready!(this.blocks.poll_recv(context)) {
                    Some(Ok(block)) => (this.block, this.done) = (block, 0),
                    Some(Err(error)) => return this.fail(error),
                    None => this.is_over = true,
                },
            }
        }
    }
}

impl Drop for ReplayStream {
    /// Says what nobody has seen.
    fn drop(&mut self) {
        metrics::counter!("replay_messages_left_out_total").increment(self.left_out);
        if self.left_out > 0 {
            let count = self.left_out;
            tracing::info!("{count} messages are left out: they are of other symbols than those of `exchange.symbols`");
        }
    }
}

/// Reads to the end, to the first error, or until nobody wants more.
fn read(path: &Path, opened: Option<LineReader>, blocks: &mpsc::Sender<Result<Block, RecordingError>>) {
    let mut lines = match opened.map_or_else(|| LineReader::open(path), Ok) {
        Ok(lines) => lines,
        Err(error) => return drop(blocks.blocking_send(Err(error))),
    };
    let mut block = Block::from(1);
    loop {
        match lines.next_line() {
            Ok(Some(line)) => {
                block.text.push_str(line);
                block.ends.push(block.text.len());
                // A pipe may be slow: what is there is handed over before it is waited for.
                if block.text.len() < BLOCK && lines.has_more_at_hand() {
                    continue;
                }
                let first = lines.line() + 1;
                let full = std::mem::replace(&mut block, Block::from(first));
                if blocks.blocking_send(Ok(full)).is_err() {
                    return;
                }
            }
            Ok(None) => return drop(blocks.blocking_send(Ok(block))),
            Err(error) => {
                if blocks.blocking_send(Ok(block)).is_ok() {
                    let _ = blocks.blocking_send(Err(error));
                }
                return;
            }
        }
    }
}
