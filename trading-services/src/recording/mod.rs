//! How are recorded messages read: lines of a plain or compressed file, and what each says.

mod binance;
mod error;
mod line_reader;
mod reader;

pub use error::RecordingError;
pub use line_reader::LineReader;
pub use reader::RecordingReader;
