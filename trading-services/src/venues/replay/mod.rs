//! The replayed venue: the lines of a recording, plain or compressed, and what each says.

mod error;
mod exchange;
mod line_reader;
mod reader;
mod settings;
mod stream;

pub use error::RecordingError;
pub use exchange::ReplayExchange;
pub use line_reader::LineReader;
pub use reader::RecordingReader;
pub use settings::Settings;
pub use stream::ReplayStream;
