//! From the socket to the book, beside a client that only reads: both over loopback, from a server in a process of its own.

use std::error::Error;
use std::hint::black_box;
use std::io::{BufRead as _, BufReader, Write as _, stdout};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::{self, Message};
use trading_services::config::{ConfigManager, Settings};
use trading_services::data::{self, Markets};
use trading_services::ports::TypedVenue;
use trading_services::venues::bybit;
use trading_services::venues::live::LiveExchange;

use crate::recorded::Source;

/// So many changes of a book come after the whole one.
const CHANGES: u64 = 2_000;

/// What a client asks for.
const ASKED: &str = r#"{"op":"subscribe","args":["orderbook.50.BTCUSDT"]}"#;
const ANSWER: &str = r#"{"success":true,"ret_msg":"subscribe","conn_id":"1","op":"subscribe"}"#;

/// Prints its address, and says the same to two clients, one after the other: a recorded book of Bybit and a recorded change
/// of it, again and again under the next number.
pub(crate) fn serve() -> Result<(), Box<dyn Error>> {
    let (book, change) = (Source::BYBIT_SNAPSHOT.frame()?, Source::BYBIT_DELTA.frame()?);
    let number = |text: &str| -> Option<u64> {
        text.split_once(r#""u":"#)?.1.split_once(|letter: char| !letter.is_ascii_digit())?.0.parse().ok()
    };
    let (first, own) = number(&book).zip(number(&change)).ok_or("frames with numbers")?;
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let mut out = stdout().lock();
    writeln!(out, "{} {}", listener.local_addr()?, first + CHANGES)?;
    out.flush()?;
    for _ in 0..2 {
        let mut socket = tungstenite::accept(listener.accept()?.0)?;
        socket.read()?;
        socket.send(Message::text(ANSWER))?;
        socket.send(Message::text(book.as_str()))?;
        for number in first + 1..=first + CHANGES {
            let text = change.replace(&format!(r#""u":{own}"#), &format!(r#""u":{number}"#));
            socket.write(Message::text(text))?;
        }
        socket.flush()?;
        // Until the client has gone.
        while socket.read().is_ok() {}
    }
    Ok(())
}

/// A server that ends with its owner.
struct Server {
    process: Child,
    address: String,
    /// The number of the last change.
    last: u64,
}

impl Server {
    fn start() -> Result<Self, Box<dyn Error>> {
        let mut process = Command::new(std::env::current_exe()?).arg("serve").stdout(Stdio::piped()).spawn()?;
        let mut line = String::new();
        BufReader::new(process.stdout.take().ok_or("a server that speaks")?).read_line(&mut line)?;
        let (address, last) = line.trim().split_once(' ').ok_or("the server's address")?;
        Ok(Self { process, address: format!("ws://{address}"), last: last.parse()? })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // One that has ended already is no fault.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Both clients, each in a function of its own, which callgrind tells apart.
pub(crate) fn run() -> Result<Value, Box<dyn Error>> {
    let server = Server::start()?;
    bare(&server)?;
    ours(&server)?;
    Ok(json!({ "messages": CHANGES }))
}

/// Reads all messages, and looks at none.
#[inline(never)]
fn bare(server: &Server) -> Result<(), Box<dyn Error>> {
    runtime()?.block_on(async {
        let (mut socket, _) = tokio_tungstenite::connect_async(format!("{}/v5/public/spot", server.address)).await?;
        socket.send(Message::text(ASKED)).await?;
        // The answer and the book come before the changes.
        for _ in 0..CHANGES + 2 {
            black_box(socket.next().await.ok_or("a message")??);
        }
        Ok(())
    })
}

/// Follows the book.
#[inline(never)]
fn ours(server: &Server) -> Result<(), Box<dyn Error>> {
    let mut settings = Settings::default();
    settings.live.bybit.stream.clone_from(&server.address);
    let venue = LiveExchange::<bybit::Spot>::new(Arc::new(ConfigManager::new(Arc::new(settings))), Arc::default());
    runtime()?.block_on(async {
        let mut stream = venue.open(&["BTCUSDT".parse()?]).await?;
        let mut markets = Markets::new(&data::Settings::default(), &[]);
        let follows = |markets: &Markets| markets.books().any(|(_, book)| book.last_update_id() == Some(server.last));
        while !follows(&markets) {
            let event = stream.next().await.ok_or("an event")??;
            markets.ingest(&event)?;
        }
        Ok(())
    })
}

fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()
}
